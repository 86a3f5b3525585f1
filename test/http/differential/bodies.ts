/** Bodies that more than one parser makes something of, and the types by which they are announced. */

const JSON_BODIES: readonly string[] = [
  '{"team_id":"7"}',
  '{"template":"ABC"}',
  '{"template":"DEF"}',
  '{}',
  '{"to":{"project_id":"123"},"items":[{"file":"ABC"},{"file":"Abk"}]}',
  '{"to":{"project_id":"123"},"items":[{"file":"ABC"}]}',
  '{"team_id":"8"}',
  '{"to":{"project_id":"9"},"items":[{"file":"DEF"}]}',
  // Something else at the second look.
  '{"team_id":"7","team_id":"8"}',
  '{"team_id":"8","team\\u005fid":"7"}',
  '{"template":"ABC","template":"DEF"}',
  '{"team_id":"7","x":"&team_id=8&y="}',
  '{"team_id":"7","&template":"=DEF&template=DEF&"}',
  '{"to":{"project_id":"123","project_id":"9"},"items":[{"file":"ABC"}]}',
  '{"to":{"project_id":"123"},"items":[{"file":"ABC"},{"file":"DEF"}]}',
  '{"to":{"project_id":"123"},"items":[{"file":"ABC","file":"DEF"}]}',
  '{"to":{"project_id":"123"},"items":[]}',
  '{"to":{"project_id":"123"},"items":{"0":{"file":"DEF"}}}',
  '{"to.project_id":"9","to":{"project_id":"123"},"items":[{"file":"ABC"}]}',
  // Values of other types.
  '{"team_id":7}',
  '{"team_id":8}',
  '{"team_id":7.0}',
  '{"team_id":7,"x":7.0}',
  '{"team_id":9007199254740993}',
  '{"team_id":["7"]}',
  '{"team_id":["7","8"]}',
  '{"team_id":null}',
  '{"team_id":""}',
  '{"team_id":{"toString":"7"}}',
  '{"template":["DEF"]}',
  '{"template":null}',
  '{"template":true}',
  // Names that are not ordinary ones.
  '{"__proto__":{"team_id":"8"}}',
  '{"__proto__":{"team_id":"8"},"team_id":"7"}',
  '{"constructor":{"prototype":{"template":"DEF"}}}',
  '{"TEAM_ID":"8","team_id":"7"}',
  '{"team_id\\u0000":"8","team_id":"7"}',
  // No JSON, or not quite.
  '\ufeff{"team_id":"7"}',
  '{"team_id":"7"}\n',
  ' {"team_id":"7"}',
  '{"team_id":"7"}{"team_id":"8"}',
  '/*x*/{"team_id":"7"}',
  "{'team_id':'7'}",
  '{"team_id":"7",}',
  '[{"team_id":"7"}]',
  '"team_id=7"',
  '7',
  'null',
  '{"team_id":"\\ud800"}',
  '{"team_id":"7\u00e9"}',
]

const FORM_BODIES: readonly string[] = [
  'team_id=7',
  'team_id=8',
  'template=DEF',
  'template=ABC',
  'team_id=7&team_id=8',
  'team_id[]=8',
  'team_id[x]=8&team_id=7',
  'to[project_id]=9&items[0][file]=DEF',
  'to[project_id]=123&items[][file]=ABC',
  'to.project_id=9',
  '{"team_id":"7"}=&team_id=8',
  'team_id=7;team_id=8',
  'template=ABC&template=DEF',
  '=&template=DEF',
]

const boundary = 'x7'
const part = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

const MULTIPART_BODIES: readonly string[] = [
  `${part('team_id', '7')}--${boundary}--\r\n`,
  `${part('team_id', '8')}--${boundary}--\r\n`,
  `${part('template', 'DEF')}--${boundary}--\r\n`,
  `{"team_id":"7"}\r\n${part('team_id', '8')}--${boundary}--\r\n`,
]

/** The plain ones come first. */
export const BODIES: readonly string[] = [...JSON_BODIES, ...FORM_BODIES, ...MULTIPART_BODIES]

/** Types of a body, each as the lines that are sent. */
export const TYPES: readonly (readonly string[])[] = [
  ['application/json'],
  ['application/json'],
  ['application/json'],
  ['application/x-www-form-urlencoded'],
  ['application/x-www-form-urlencoded'],
  [`multipart/form-data; boundary=${boundary}`],
  ['text/plain'],
  ['application/json; charset=utf-8'],
  ['application/json;charset="UTF-8"'],
  ['application/json; charset=utf-16'],
  ['application/json; charset=iso-8859-1'],
  ['application/json; charset=utf-7'],
  ['application/vnd.api+json'],
  ['application/JSON'],
  ['text/json'],
  ['application/json, application/x-www-form-urlencoded'],
  ['application/json; x=application/x-www-form-urlencoded'],
  ['application/x-www-form-urlencoded; x=application/json'],
  ['application/x-www-form-urlencoded; charset=iso-8859-1'],
  [`application/json; boundary=${boundary}`],
  ['application/json', 'application/x-www-form-urlencoded'],
  ['application/x-www-form-urlencoded', 'application/json'],
  ['application/octet-stream'],
  ['*/*'],
  [''],
  [],
]
