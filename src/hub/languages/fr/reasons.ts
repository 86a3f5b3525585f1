/** hub/texts/reasons.ts in French. */
import type { REASON_TEXTS } from '../../texts/reasons.ts'
import type { Translation } from '../translation.ts'

export const REASONS: Translation<typeof REASON_TEXTS> = {
  reason_credential_one: 'La requête contient exactement un jeton.',
  reason_credential_needless: 'La requête ne contient pas de jeton, et {route} n’en demande pas.',
  reason_credential_places: 'Il est cherché dans {headers}.',
  reason_secret_formed: 'Il a la forme d’un secret.',
  reason_target_readable: 'Le chemin et les paramètres se lisent d’une seule façon.',
  reason_secret_known: 'C’est le secret d’un jeton.',
  reason_canary:
    'C’est un leurre : rien n’est autorisé avec lui, et qui l’envoie reçoit la réponse qu’il aurait s’il n’existait pas.',
  reason_active: 'Le jeton est actif jusqu’au {until}.',
  reason_active_with_secret: 'Le jeton est actif jusqu’au {until}, ce secret jusqu’au {secretUntil}.',
  reason_self_renewing: 'Il peut se renouveler lui-même jusqu’au {until}.',
  reason_pending:
    'Il est en attente : un autre administrateur doit l’approuver, et il n’a pas de secret tant que celui-ci n’est pas récupéré.',
  reason_pending_approved:
    'Il est en attente : {actor} l’a approuvé, et il n’a pas de secret tant que celui-ci n’est pas récupéré.',
  reason_ended_on: 'C’était le {on}.',
  reason_secret_ended: 'Il a été désactivé aussitôt.',
  reason_secret_worked: 'Il a fonctionné jusqu’au {until}.',
  reason_address_any: 'Le jeton peut être utilisé depuis n’importe quelle adresse.',
  reason_address_listed: 'Le jeton peut être utilisé depuis l’adresse de la requête.',
  reason_address_watched:
    'Le jeton ne peut pas être utilisé depuis l’origine de la requête, ce qui est ici seulement observé.',
  reason_address_none: 'Aucune adresse n’accompagnait la requête.',
  reason_used_from: 'Il peut être utilisé depuis {addresses}.',
  reason_used_from_more: 'Il peut être utilisé depuis {addresses}, et {more} de plus.',
  reason_used_from_nowhere: 'Il ne peut être utilisé de nulle part.',
  reason_type_taken: 'Le jeton est du type {type}, que cette API accepte.',
  reason_type_other: 'Il est du type {type} ; cette API accepte {types}.',
  reason_tier_included: 'Le forfait est du niveau {tier}, qui comprend les jetons d’accès.',
  reason_tiers_included: 'Les niveaux qui comprennent les jetons d’accès sont {tiers}.',
  reason_rules_none: 'Le forfait n’a pas de règles propres.',
  reason_rules_kept: 'Le jeton respecte les règles de son forfait.',
  reason_endpoint_open: '{route} est ouvert aux jetons d’accès.',
  reason_endpoint_closed: '{route} : {why}.',
  reason_tier_open: 'Le point d’accès est ouvert au niveau du forfait.',
  reason_tier_closed: '{route} est réservé au niveau {tiers}.',
  reason_scope_needless: 'Le point d’accès ne demande aucune autorisation.',
  reason_scope_held: 'Le jeton a {held}, que le point d’accès accepte.',
  reason_scopes_taken: 'Il accepte {takes}.',
  reason_scopes_held: 'Le jeton a {held}.',
  reason_scopes_held_none: 'Le jeton n’a aucune autorisation.',
  reason_limit_left: 'Selon la limite « {name} », il reste {remaining} requêtes sur {requests} par {perSeconds} s.',
  reason_limit_used_up:
    'C’est la limite « {name} » de {requests} requêtes par {perSeconds} s ; la prochaine sera possible dans {retryAfter} s.',
  reason_limit_none: 'Aucune limite ne s’applique, ou aucune qui puisse être consultée sans compter.',
  reason_names_resources: 'La requête nomme {resources}.',
  reason_names_nothing: 'La requête ne nomme aucune ressource d’une organisation.',
  reason_names_plan: 'La requête concerne toute l’organisation.',
  reason_names_filtered:
    'La requête ne nomme aucune ressource d’une organisation : sa réponse ne contient que ce que le jeton peut voir.',
  reason_plan_holds: 'Toutes les ressources de la requête appartiennent à l’organisation du jeton.',
  reason_plan_lacks: 'C’est la ressource du type « {kind} » dans {source}.',
  reason_plan_lacks_within:
    'C’est la ressource du type « {kind} » dans {source}, ou elle n’est pas dans celle du type « {within} ».',
  reason_list_all: 'Le jeton peut atteindre toutes les ressources de son organisation.',
  reason_list_filters: 'Le point d’accès ne montre que ce qui est sur la liste, ou en dessous.',
  reason_list_holds: 'Chaque ressource de la requête, ou une au-dessus, est sur la liste.',
  reason_list_lacks:
    'C’est la ressource du type « {kind} » dans {source} ; rien au-dessus n’est sur la liste non plus.',
  reason_list_lacks_plan: 'C’est toute l’organisation.',
  reason_no_answer: 'Le stockage ou l’annuaire n’a pas répondu.',
  reason_endpoint_public: 'Non vérifié : le point d’accès est public et la requête ne contient pas de jeton.',
  reason_asked_by_id: 'Demande par identifiant : aucun secret n’a été examiné.',
  reason_not_judged: 'Non vérifié, après un refus précédent.',
  reason_token_missing_help: 'Envoyez le secret d’un jeton.',
  reason_request_malformed_help:
    'Envoyez un jeton, un chemin simple et une seule fois chaque valeur qui nomme une ressource.',
  reason_token_malformed_help: 'Vérifiez que le secret a été copié en entier.',
  reason_token_unknown_help: 'Demandez-en un nouveau à un administrateur.',
  reason_token_revoked_help: 'Demandez-en un nouveau à un administrateur.',
  reason_token_expired_help: 'Demandez-en un nouveau à un administrateur.',
  reason_secret_retired_help: 'Utilisez le secret le plus récent du jeton.',
  reason_address_not_allowed_help: 'Envoyez-la depuis un autre réseau, ou adressez-vous à un administrateur.',
  reason_token_wrong_type_help: 'Utilisez-en un qui a été créé pour cette API.',
  reason_plan_not_eligible_help: 'Adressez-vous à un administrateur.',
  reason_lifetime_exceeded_help: 'Demandez à un administrateur de l’actualiser.',
  reason_token_idle_help: 'Demandez à un administrateur de l’actualiser.',
  reason_endpoint_unknown_help: 'Vérifiez la méthode et le chemin.',
  reason_endpoint_not_supported_help: 'Authentifiez-vous d’une autre façon.',
  reason_scope_missing_help: 'Demandez à un administrateur d’en ajouter une.',
  reason_rate_limited_help: 'Attendez le nombre de secondes indiqué par Retry-After.',
  reason_resource_not_in_plan_help: 'Vérifiez son identifiant.',
  reason_resource_not_allowed_help: 'Demandez à un administrateur de l’ajouter.',
  reason_unavailable_help: 'Réessayez plus tard.',
  reason_request_form: 'Ce qui a été demandé n’est pas une requête. C’est une erreur du serveur.',
  reason_credential_repeated: 'Elle contient plus d’un jeton. Envoyez-en un, dans un seul en-tête.',
  reason_credential_unreadable: 'L’en-tête du jeton n’est pas un texte. Envoyez du texte.',
  reason_target_form: 'La cible de la requête n’a pas la forme /chemin?paramètres.',
  reason_path_slash_at_end: 'Le chemin se termine par une barre oblique. Envoyez-le sans.',
  reason_path_empty_segment: 'Le chemin contient deux barres obliques de suite. N’en envoyez qu’une.',
  reason_path_dot_segment: 'Un segment du chemin est fait d’un ou deux points. Envoyez le chemin sans.',
  reason_path_character:
    'Le caractère {at} de la cible ne peut pas figurer tel quel dans un chemin. Encodez-le en pourcent.',
  reason_path_encoding:
    'Le signe pourcent au caractère {at} de la cible ne commence pas un octet encodé. Envoyez %25 pour un signe pourcent.',
  reason_path_encoding_needless:
    'L’encodage au caractère {at} de la cible remplace un caractère qui n’en demande pas. Envoyez-le tel quel.',
  reason_path_encoding_forbidden:
    'L’encodage au caractère {at} de la cible remplace une barre oblique, une barre inverse ou un caractère de contrôle, qu’aucun segment de chemin ne peut contenir.',
  reason_path_character_unplaced:
    'Un caractère de la cible ne peut pas figurer tel quel dans un chemin. Encodez-le en pourcent.',
  reason_path_encoding_unplaced:
    'Un signe pourcent de la cible ne commence pas un octet encodé. Envoyez %25 pour un signe pourcent.',
  reason_path_encoding_needless_unplaced:
    'Un encodage de la cible remplace un caractère qui n’en demande pas. Envoyez-le tel quel.',
  reason_path_encoding_forbidden_unplaced:
    'Un encodage de la cible remplace une barre oblique, une barre inverse ou un caractère de contrôle, qu’aucun segment de chemin ne peut contenir.',
  reason_path_not_utf8: 'Les octets encodés du chemin ne sont pas en UTF-8, ou représentent un caractère de contrôle.',
  reason_query_character:
    'Le caractère {at} de la cible ne peut pas figurer tel quel dans les paramètres. Encodez-le en pourcent.',
  reason_query_character_unplaced:
    'Un caractère de la cible ne peut pas figurer tel quel dans les paramètres. Encodez-le en pourcent.',
  reason_query_semicolon:
    'Un point-virgule des paramètres peut être lu comme la fin d’un paramètre qui nomme une ressource. Envoyez %3B.',
  reason_query_too_long: 'Il y a plus de 100 paramètres. Envoyez-en moins.',
  reason_query_name: 'Le nom d’un paramètre n’est pas en UTF-8. Envoyez-le en UTF-8, encodé en pourcent.',
  reason_parameter_repeated: '{source} apparaît plus d’une fois. Envoyez-le une seule fois.',
  reason_parameter_spelling:
    '{source} figure aussi sous une autre graphie, que certains serveurs prennent pour la même. Envoyez le nom simple.',
  reason_json_name_spelling:
    'Un nom de {source} figure dans le corps dans une autre graphie, que certains serveurs prennent pour la même. Envoyez-le seulement tel que l’API l’écrit.',
  reason_value_missing: 'La valeur de {source} manque.',
  reason_value_unreadable:
    'La valeur de {source} est vide, n’est pas un texte ou ne se lit pas d’une seule façon. Envoyez l’identifiant simple, encodé en pourcent dans un chemin ou des paramètres.',
  reason_value_number:
    'La valeur de {source} est un nombre qui n’est pas un identifiant : ceux de ce type sont du texte, ou il n’est pas écrit comme un entier jusqu’à 9007199254740991. Envoyez l’identifiant comme texte.',
  reason_value_of_no_kind: 'La valeur de {source} n’est aucune de celles qui sont possibles à cet endroit.',
  reason_resources_too_many: 'Elle nomme plus de ressources qu’une requête ne le peut. Envoyez-en moins.',
  reason_check_failed: 'Ce que nomme le chemin et ce que contient le corps ne vont pas ensemble.',
  reason_body_missing: 'Le point d’accès demande un corps, et il n’y en a pas. Envoyez du JSON.',
  reason_body_type:
    'Le corps n’est pas déclaré comme du JSON en UTF-8. Envoyez-le avec une ligne Content-Type: application/json.',
  reason_body_encoded: 'Le corps a un encodage de contenu. Envoyez-le tel quel.',
  reason_body_too_long: 'Le corps est plus long que ce que le point d’accès accepte. Envoyez-en un plus court.',
  reason_body_in_pieces: 'Le corps arrive en trop de morceaux. Envoyez-le en morceaux plus grands.',
  reason_body_broken_off: 'Le corps s’est arrêté avant d’arriver en entier. Envoyez-le de nouveau.',
  reason_body_too_slow: 'Le corps n’est pas arrivé à temps. Envoyez-le de nouveau.',
  reason_body_was_read: 'Le corps a été lu avant de pouvoir être vérifié. C’est une erreur du serveur.',
  reason_body_read_otherwise:
    'Un analyseur du serveur a fait du corps autre chose que ce qui a été envoyé. C’est une erreur du serveur.',
  reason_body_of_no_kind: 'Le corps a été transmis sous une forme que JSON ne donne pas. C’est une erreur du serveur.',
  reason_json_invalid: 'Le corps n’est pas du JSON valide.',
  reason_json_byte_order_mark: 'Le corps commence par un indicateur d’ordre des octets. Envoyez-le sans.',
  reason_json_not_utf8: 'Le corps n’est pas en UTF-8.',
  reason_json_name_repeated: 'Un objet du corps a deux fois le même nom. Envoyez chaque nom une fois.',
  reason_json_name_proto:
    'Un objet du corps a le nom __proto__, que les serveurs lisent différemment. Envoyez-le sans.',
  reason_json_surrogate:
    'Le corps contient la moitié d’une paire de substitution, qui n’est pas un caractère. Envoyez des caractères entiers.',
  reason_rules_idle: {
    one: 'Un jeton de ce forfait doit être utilisé dans un délai de {count} jour.',
    many: 'Un jeton de ce forfait doit être utilisé dans un délai de {count} de jours.',
    other: 'Un jeton de ce forfait doit être utilisé dans un délai de {count} jours.',
  },
  reason_rules_lifetime: {
    one: 'Un jeton de ce forfait doit être actualisé dans un délai de {count} jour.',
    many: 'Un jeton de ce forfait doit être actualisé dans un délai de {count} de jours.',
    other: 'Un jeton de ce forfait doit être actualisé dans un délai de {count} jours.',
  },
}
