/** hub/texts/reasons.ts in German. */
import type { REASON_TEXTS } from '../../texts/reasons.ts'
import type { Translation } from '../translation.ts'

export const REASONS: Translation<typeof REASON_TEXTS> = {
  reason_credential_one: 'Die Anfrage enthält genau ein Token.',
  reason_credential_needless: 'Die Anfrage enthält kein Token, und {route} braucht keines.',
  reason_credential_places: 'Gesucht wird es in {headers}.',
  reason_secret_formed: 'Das Token hat die Form eines Geheimnisses.',
  reason_target_readable: 'Pfad und Abfrage lassen sich auf genau eine Weise lesen.',
  reason_secret_known: 'Es ist das Geheimnis eines Tokens.',
  reason_canary:
    'Es ist ein Köder: Mit ihm wird nichts zugelassen, und wer ihn sendet, bekommt die Antwort, als gäbe es ihn nicht.',
  reason_active: 'Das Token ist aktiv bis {until}.',
  reason_active_with_secret: 'Das Token ist aktiv bis {until}, dieses Geheimnis bis {secretUntil}.',
  reason_self_renewing: 'Es darf sich bis {until} selbst erneuern.',
  reason_pending:
    'Es wartet: Jemand anderes aus der Verwaltung muss es genehmigen. Bis sein Geheimnis abgeholt ist, hat es keines.',
  reason_pending_approved: 'Es wartet: {actor} hat es genehmigt. Bis sein Geheimnis abgeholt ist, hat es keines.',
  reason_ended_on: 'Das war am {on}.',
  reason_secret_ended: 'Es wurde sofort beendet.',
  reason_secret_worked: 'Es galt bis {until}.',
  reason_address_any: 'Das Token darf von jeder Adresse verwendet werden.',
  reason_address_listed: 'Von der Adresse der Anfrage darf das Token verwendet werden.',
  reason_address_watched:
    'Von der Adresse der Anfrage darf das Token nicht verwendet werden; hier wird das nur beobachtet.',
  reason_address_none: 'Zur Anfrage wurde keine Adresse angegeben.',
  reason_used_from: 'Es darf verwendet werden von {addresses}.',
  reason_used_from_more: 'Es darf verwendet werden von {addresses} und {more} weiteren.',
  reason_used_from_nowhere: 'Es darf von nirgendwo verwendet werden.',
  reason_type_taken: 'Das Token ist von der Art {type}, die diese API annimmt.',
  reason_type_other: 'Es ist von der Art {type}; diese API nimmt {types} an.',
  reason_tier_included: 'Der Tarif ist von der Stufe {tier}, die Zugriffstoken enthält.',
  reason_tiers_included: 'Zugriffstoken gibt es in diesen Stufen: {tiers}.',
  reason_rules_none: 'Der Tarif hat keine eigenen Regeln.',
  reason_rules_kept: 'Das Token hält die Regeln seines Tarifs ein.',
  reason_endpoint_open: '{route} steht Zugriffstoken offen.',
  reason_endpoint_closed: '{route}: {why}.',
  reason_tier_open: 'Der Endpunkt steht der Stufe des Tarifs offen.',
  reason_tier_closed: '{route} gibt es nur in diesen Stufen: {tiers}.',
  reason_scope_needless: 'Der Endpunkt braucht keine Berechtigung.',
  reason_scope_held: 'Das Token hat {held}; das genügt dem Endpunkt.',
  reason_scopes_taken: 'Angenommen wird {takes}.',
  reason_scopes_held: 'Das Token hat {held}.',
  reason_scopes_held_none: 'Das Token hat keine Berechtigung.',
  reason_limit_left: 'Beim Limit „{name}“ sind noch {remaining} von {requests} Anfragen in {perSeconds} s frei.',
  reason_limit_used_up:
    'Es ist das Limit „{name}“ von {requests} Anfragen in {perSeconds} s; die nächste ist in {retryAfter} s möglich.',
  reason_limit_none: 'Es gilt kein Limit, oder keines, das sich ansehen lässt, ohne zu zählen.',
  reason_names_resources: 'Die Anfrage nennt {resources}.',
  reason_names_nothing: 'Die Anfrage nennt keine Ressource einer Organisation.',
  reason_names_plan: 'Die Anfrage betrifft die ganze Organisation.',
  reason_names_filtered:
    'Die Anfrage nennt keine Ressource einer Organisation: Ihre Antwort enthält nur, was das Token sehen darf.',
  reason_plan_holds: 'Jede Ressource der Anfrage gehört zur Organisation des Tokens.',
  reason_plan_lacks: 'Es ist die Ressource der Art „{kind}“ in {source}.',
  reason_plan_lacks_within:
    'Es ist die Ressource der Art „{kind}“ in {source}, oder sie liegt nicht in der Ressource der Art „{within}“.',
  reason_list_all: 'Das Token darf jede Ressource seiner Organisation erreichen.',
  reason_list_filters: 'Der Endpunkt zeigt nur, was auf der Liste steht oder darunter liegt.',
  reason_list_holds: 'Jede Ressource der Anfrage, oder eine darüber, steht auf der Liste.',
  reason_list_lacks: 'Es ist die Ressource der Art „{kind}“ in {source}; auch nichts darüber steht auf der Liste.',
  reason_list_lacks_plan: 'Es ist die ganze Organisation.',
  reason_no_answer: 'Der Speicher oder das Verzeichnis hat nicht geantwortet.',
  reason_endpoint_public: 'Nicht gefragt: Der Endpunkt ist öffentlich, und die Anfrage enthält kein Token.',
  reason_asked_by_id: 'Nach der ID gefragt: Es wurde kein Geheimnis betrachtet.',
  reason_not_judged: 'Nicht geprüft, weil vorher abgelehnt wurde.',
  reason_token_missing_help: 'Senden Sie das Geheimnis eines Tokens.',
  reason_request_malformed_help:
    'Senden Sie ein Token, einen einfachen Pfad und jeden Wert, der eine Ressource nennt, genau einmal.',
  reason_token_malformed_help: 'Prüfen Sie, ob das ganze Geheimnis kopiert wurde.',
  reason_token_unknown_help: 'Bitten Sie jemanden aus der Verwaltung um ein neues.',
  reason_token_revoked_help: 'Bitten Sie jemanden aus der Verwaltung um ein neues.',
  reason_token_expired_help: 'Bitten Sie jemanden aus der Verwaltung um ein neues.',
  reason_secret_retired_help: 'Verwenden Sie das neueste Geheimnis des Tokens.',
  reason_address_not_allowed_help:
    'Senden Sie die Anfrage aus einem anderen Netz, oder wenden Sie sich an die Verwaltung.',
  reason_token_wrong_type_help: 'Verwenden Sie ein Token, das für diese API erstellt wurde.',
  reason_plan_not_eligible_help: 'Wenden Sie sich an die Verwaltung.',
  reason_lifetime_exceeded_help: 'Bitten Sie jemanden aus der Verwaltung, es zu erneuern.',
  reason_token_idle_help: 'Bitten Sie jemanden aus der Verwaltung, es zu erneuern.',
  reason_endpoint_unknown_help: 'Prüfen Sie die Methode und den Pfad.',
  reason_endpoint_not_supported_help: 'Authentifizieren Sie sich auf andere Weise.',
  reason_scope_missing_help: 'Bitten Sie jemanden aus der Verwaltung, eine hinzuzufügen.',
  reason_rate_limited_help: 'Warten Sie so viele Sekunden, wie Retry-After angibt.',
  reason_resource_not_in_plan_help: 'Prüfen Sie ihre ID.',
  reason_resource_not_allowed_help: 'Bitten Sie jemanden aus der Verwaltung, sie hinzuzufügen.',
  reason_unavailable_help: 'Versuchen Sie es später noch einmal.',
  reason_request_form: 'Wonach gefragt wurde, ist keine Anfrage. Das ist ein Fehler des Servers.',
  reason_credential_repeated: 'Sie enthält mehr als ein Token. Senden Sie eines, in einer Kopfzeile.',
  reason_credential_unreadable: 'Die Kopfzeile des Tokens ist kein Text. Senden Sie Text.',
  reason_target_form: 'Das Ziel der Anfrage hat nicht die Form /pfad?abfrage.',
  reason_path_slash_at_end: 'Der Pfad endet mit einem Schrägstrich. Senden Sie ihn ohne.',
  reason_path_empty_segment: 'Der Pfad hat zwei Schrägstriche hintereinander. Senden Sie einen.',
  reason_path_dot_segment: 'Ein Abschnitt des Pfads besteht aus einem oder zwei Punkten. Senden Sie den Pfad ohne sie.',
  reason_path_character:
    'Zeichen {at} des Ziels kann so nicht in einem Pfad stehen. Kodieren Sie es mit Prozentzeichen.',
  reason_path_encoding:
    'Das Prozentzeichen bei Zeichen {at} des Ziels leitet kein kodiertes Byte ein. Senden Sie %25 für ein Prozentzeichen.',
  reason_path_encoding_needless:
    'Die Kodierung bei Zeichen {at} des Ziels steht für ein Zeichen, das keine braucht. Senden Sie es, wie es ist.',
  reason_path_encoding_forbidden:
    'Die Kodierung bei Zeichen {at} des Ziels steht für einen Schrägstrich, einen umgekehrten Schrägstrich oder ein Steuerzeichen; das darf kein Abschnitt eines Pfads enthalten.',
  reason_path_character_unplaced:
    'Ein Zeichen des Ziels kann so nicht in einem Pfad stehen. Kodieren Sie es mit Prozentzeichen.',
  reason_path_encoding_unplaced:
    'Ein Prozentzeichen des Ziels leitet kein kodiertes Byte ein. Senden Sie %25 für ein Prozentzeichen.',
  reason_path_encoding_needless_unplaced:
    'Eine Kodierung des Ziels steht für ein Zeichen, das keine braucht. Senden Sie es, wie es ist.',
  reason_path_encoding_forbidden_unplaced:
    'Eine Kodierung des Ziels steht für einen Schrägstrich, einen umgekehrten Schrägstrich oder ein Steuerzeichen; das darf kein Abschnitt eines Pfads enthalten.',
  reason_path_not_utf8: 'Die kodierten Bytes des Pfads sind kein UTF-8 oder stehen für ein Steuerzeichen.',
  reason_query_character:
    'Zeichen {at} des Ziels kann so nicht in einer Abfrage stehen. Kodieren Sie es mit Prozentzeichen.',
  reason_query_character_unplaced:
    'Ein Zeichen des Ziels kann so nicht in einer Abfrage stehen. Kodieren Sie es mit Prozentzeichen.',
  reason_query_semicolon:
    'Ein Semikolon der Abfrage kann als Ende eines Parameters gelesen werden, der eine Ressource nennt. Senden Sie %3B.',
  reason_query_too_long: 'Die Abfrage hat mehr als 100 Parameter. Senden Sie weniger.',
  reason_query_name:
    'Der Name eines Parameters der Abfrage ist kein UTF-8. Senden Sie ihn in UTF-8, mit Prozentzeichen kodiert.',
  reason_parameter_repeated: '{source} kommt mehr als einmal vor. Senden Sie es einmal.',
  reason_parameter_spelling:
    '{source} steht in der Abfrage auch in einer anderen Schreibweise, die manche Server für dasselbe halten. Senden Sie den einfachen Namen.',
  reason_json_name_spelling:
    'Ein Name von {source} steht im Inhalt in einer anderen Schreibweise, die manche Server für dasselbe halten. Senden Sie ihn nur so, wie ihn die API schreibt.',
  reason_value_missing: 'Der Wert von {source} fehlt.',
  reason_value_unreadable:
    'Der Wert von {source} ist leer, kein Text oder nicht auf eine Weise lesbar. Senden Sie die einfache ID, in Pfad und Abfrage mit Prozentzeichen kodiert.',
  reason_value_number:
    'Der Wert von {source} ist eine Zahl, die keine ID ist: IDs dieser Art sind Text, oder sie ist nicht als ganze Zahl bis 9007199254740991 geschrieben. Senden Sie die ID als Text.',
  reason_value_of_no_kind: 'Der Wert von {source} ist keiner von denen, die dort stehen können.',
  reason_resources_too_many: 'Sie nennt mehr Ressourcen, als eine Anfrage darf. Senden Sie weniger.',
  reason_check_failed: 'Was ihr Pfad nennt und was ihr Inhalt enthält, gehört nicht zusammen.',
  reason_body_missing: 'Der Endpunkt braucht einen Inhalt, und es gibt keinen. Senden Sie JSON.',
  reason_body_type:
    'Der Inhalt ist nicht als JSON in UTF-8 angegeben. Senden Sie ihn mit einer Zeile Content-Type: application/json.',
  reason_body_encoded: 'Der Inhalt ist kodiert (Content-Encoding). Senden Sie ihn, wie er ist.',
  reason_body_too_long: 'Der Inhalt ist länger, als der Endpunkt annimmt. Senden Sie weniger.',
  reason_body_in_pieces: 'Der Inhalt kommt in zu vielen Stücken. Senden Sie ihn in größeren.',
  reason_body_broken_off: 'Der Inhalt endete, bevor er ganz angekommen war. Senden Sie ihn noch einmal.',
  reason_body_too_slow: 'Der Inhalt kam nicht rechtzeitig an. Senden Sie ihn noch einmal.',
  reason_body_was_read: 'Der Inhalt wurde gelesen, bevor er geprüft werden konnte. Das ist ein Fehler des Servers.',
  reason_body_read_otherwise:
    'Der Server hat aus dem Inhalt etwas anderes gelesen, als gesendet wurde. Das ist ein Fehler des Servers.',
  reason_body_of_no_kind:
    'Der Inhalt wurde in einer Form übergeben, die JSON nicht ergibt. Das ist ein Fehler des Servers.',
  reason_json_invalid: 'Der Inhalt ist kein gültiges JSON.',
  reason_json_byte_order_mark: 'Der Inhalt beginnt mit einer Bytereihenfolge-Marke. Senden Sie ihn ohne.',
  reason_json_not_utf8: 'Der Inhalt ist kein UTF-8.',
  reason_json_name_repeated: 'Ein Objekt des Inhalts hat denselben Namen zweimal. Senden Sie jeden Namen einmal.',
  reason_json_name_proto:
    'Ein Objekt des Inhalts hat den Namen __proto__, den Server unterschiedlich lesen. Senden Sie es ohne ihn.',
  reason_json_surrogate:
    'Der Inhalt enthält die Hälfte eines Ersatzpaars, die kein Zeichen ist. Senden Sie ganze Zeichen.',
  reason_rules_idle: {
    one: 'Ein Token dieses Tarifs muss innerhalb von {count} Tag verwendet werden.',
    other: 'Ein Token dieses Tarifs muss innerhalb von {count} Tagen verwendet werden.',
  },
  reason_rules_lifetime: {
    one: 'Ein Token dieses Tarifs muss innerhalb von {count} Tag erneuert werden.',
    other: 'Ein Token dieses Tarifs muss innerhalb von {count} Tagen erneuert werden.',
  },
}
