/**
 * Every form of a link to Figma that a person may legally paste, or that a program may write for one: taken, or refused on
 * purpose, each with its reason. What is no link at all: links.test.ts. Properties: links-properties.test.ts.
 */
import { type FigmaPolicyOptions, figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, test } from 'vitest'
import { figmaWorld } from './world.ts'

/** A key as long as Figma's are. */
const K = 'fzYhvQpqwhZDUImRz431Qo'
const B = 'Xj92bDlWkcOmPq3sT4uVa0'

/** What a link names, or the code with which it is refused; and why that is right. */
type Row = readonly [link: string, is: string, why: string]

const FILE = `file ${K}`
const BRANCH = `file ${B}`

const TABLE: { readonly [group: string]: readonly Row[] } = {
  'the editors and what they share': [
    [
      `https://www.figma.com/design/${K}/Landing-page?node-id=0-1&t=abcDEF123-0`,
      FILE,
      'Figma Design, as the address bar has it',
    ],
    [`https://www.figma.com/design/${K}/Landing-page?node-id=0-1&m=dev`, FILE, 'Dev Mode is a parameter of the query'],
    [
      `https://www.figma.com/file/${K}/Landing-page?type=design&mode=design`,
      FILE,
      'the word before 2024; old links live on',
    ],
    [`https://www.figma.com/board/${K}/Retro`, FILE, 'FigJam'],
    [`https://www.figma.com/slides/${K}/Pitch`, FILE, 'Figma Slides'],
    [`https://www.figma.com/deck/${K}/Pitch?slide=3`, FILE, 'Figma Slides, presented'],
    [
      `https://www.figma.com/proto/${K}/Landing-page?page-id=0%3A1&scaling=min-zoom`,
      FILE,
      'a prototype shows the file',
    ],
    [`https://www.figma.com/make/${K}/Idea?fullscreen=1`, FILE, 'Figma Make'],
    [`https://www.figma.com/site/${K}/Home`, FILE, 'Figma Sites, in the editor'],
    [`https://www.figma.com/buzz/${K}/Ads`, FILE, 'Figma Buzz'],
    [`https://www.figma.com/design/${K}/branch/${B}/Landing-page`, BRANCH, 'a branch is a file below its file'],
    [`https://www.figma.com/design/${K}/Landing-page/duplicate`, FILE, 'what makes a copy still names the file'],
    [`https://www.figma.com/design/${K}/duplicate`, FILE, 'the same, without a title'],
    [`https://www.figma.com/design/${K}/Landing-page?version-id=123456`, FILE, 'a version of the file'],
    [`https://www.figma.com/design/${K}/Landing-page#987654321`, FILE, 'a comment in the file'],
    [
      `https://www.figma.com/canvas/${K}/New-thing`,
      FILE,
      "a word that Figma may add, by Figma's own published pattern",
    ],
    [`https://www.figma.com/dev-mode_2/${K}/branch/${B}`, BRANCH, 'the same, with a branch'],
    ['https://www.figma.com/design/ABCDEFG123', 'file ABCDEFG123', "the page of Figma's docs has a key of ten letters"],
    [
      'https://www.figma.com/canvas/ABCDEFG123',
      'link_unknown_shape',
      'behind a word that nobody knows, a short part is no key',
    ],
    [
      'https://www.figma.com/design/new',
      'file new',
      'a key by its form; no plan has it, so no token can be made of it',
    ],
    [
      `https://www.figma.com/design/${K}/branch`,
      'link_unknown_shape',
      'the key of the branch was cut off; the file is more than was meant',
    ],
    [
      `https://www.figma.com/design/${K}/Title/branch/${B}`,
      'link_unknown_shape',
      'the file or the branch: two readings',
    ],
    [`https://www.figma.com/Design/${K}`, 'link_unknown_shape', 'letter case counts in a path (RFC 3986, 6.2.2.1)'],
  ],

  'the places that hold files': [
    [
      'https://www.figma.com/files/team/1234567890/Acme',
      'team 1234567890',
      'a team of an account without an organization',
    ],
    [
      'https://www.figma.com/files/1001/team/1234567890/Acme?fuid=987',
      'team 1234567890 of 1001',
      'a team of an organization',
    ],
    ['https://www.figma.com/files/team/1234567890/all-projects', 'team 1234567890', 'a page of the team'],
    [
      'https://www.figma.com/files/1001/team/45/Acme/space/7',
      'link_unknown_shape',
      'what Figma may add to a chain leads below the team, and the team is more than was meant',
    ],
    ['https://www.figma.com/files/1001/team/45/porject/23', 'link_unknown_shape', 'a slip, with the same effect'],
    ['https://www.figma.com/files/team/45//', 'team 45', 'an empty title and a slash'],
    ['https://www.figma.com/files/team/45/👩‍👩‍👧?fuid=9', 'team 45', 'an emoji with joiners'],
    [
      'https://www.figma.com/files/project/23/..%2F24',
      'link_malformed',
      'dots lead elsewhere for whoever decodes first',
    ],
    ['https://www.figma.com/files/project/23/Web-%2F-Mobile', 'project 23', 'a project, its title with a slash'],
    [
      'https://www.figma.com/files/1001/project/23/Website?fuid=987',
      'project 23 of 1001',
      'a project of an organization',
    ],
    ['https://www.figma.com/files/1001/workspace/67/Europe', 'workspace 67 of 1001', 'a workspace'],
    [
      'https://www.figma.com/files/1001/team/45/project/23/Website',
      'project 23 of 1001',
      'a chain names what it ends in',
    ],
    ['https://www.figma.com/files/1001/folder/9/Icons', 'folder 9 of 1001', 'the successor of projects'],
    [
      'https://www.figma.com/files/1001/project/2/team/3',
      'link_unknown_shape',
      'a chain that does not descend: two readings',
    ],
    ['https://www.figma.com/files/1001/team/45/project', 'link_unknown_shape', 'the id of the project was cut off'],
    ['https://www.figma.com/files/1001', 'link_unknown_shape', 'a whole account is "all", not a link'],
    ['https://www.figma.com/files/1001/recents-and-sharing', 'link_unknown_shape', 'a page of a person'],
    ['https://www.figma.com/files/recents-and-sharing', 'link_bad_id', 'the same'],
    ['https://www.figma.com/files/drafts', 'link_bad_id', 'drafts belong to a person'],
    [`https://www.figma.com/files/${K}`, 'link_bad_id', 'a key where an account has its number'],
    [
      `https://www.figma.com/Files/${'7'.repeat(22)}`,
      'link_unknown_shape',
      'a word of the table in another letter case is no new word',
    ],
  ],

  'what else Figma serves': [
    [
      'https://www.figma.com/community/file/1035203688168086460/Material',
      'link_unknown_shape',
      'a published copy lies in no plan',
    ],
    ['https://www.figma.com/community/plugin/735098390272716381', 'link_unknown_shape', 'a plugin lies in no plan'],
    ['https://www.figma.com/@someone', 'link_unknown_shape', 'a person'],
    [
      'https://www.figma.com/embed?embed_host=share&url=https%3A%2F%2Fwww.figma.com%2Fdesign%2FABC',
      'link_unknown_shape',
      'the file stands in the query, which means nothing: paste the inner link',
    ],
    ['https://www.figma.com/oauth?client_id=x', 'link_unknown_shape', 'no resource'],
    [
      'https://www.figma.com/team_invite/redeem/abcdefghijklmnopqrstuv',
      'link_unknown_shape',
      'an invitation; whoever has it may join',
    ],
    ['https://www.figma.com/', 'link_malformed', 'names nothing'],
    [
      'figma://design/fzYhvQpqwhZDUImRz431Qo',
      'link_not_https',
      'opens the desktop app; its menu copies the https link',
    ],
    ['https://landing.figma.site/', 'link_wrong_host', 'a published site, not the file behind it'],
    [`https://api.figma.com/v1/files/${K}`, 'link_wrong_host', 'an address of the API'],
    [
      `https://embed.figma.com/design/${K}/Landing-page?embed-host=share`,
      'link_wrong_host',
      'by default; the option hosts takes it',
    ],
    [`https://www.figma-gov.com/design/${K}`, 'link_wrong_host', 'by default; the option hosts takes it'],
  ],

  'titles, which mean nothing': [
    [`https://www.figma.com/design/${K}/Web-%2F-Mobile?node-id=1-2`, FILE, 'a slash, as Figma encodes it'],
    [`https://www.figma.com/design/${K}/branch%2F${B}`, FILE, 'an encoded slash separates nothing (RFC 3986, 2.2)'],
    [`https://www.figma.com/design/${K}/C%5CD`, FILE, 'a backslash, encoded'],
    [`https://www.figma.com/design/${K}/a%00b`, FILE, 'nobody reads it'],
    [
      `https://www.figma.com/design/${K}/100%`,
      FILE,
      'a percent sign that encodes nothing stays raw in a path (WHATWG URL)',
    ],
    [
      `https://www.figma.com/design/${K}/%F0%9F%91%A9%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7`,
      FILE,
      'an emoji, encoded',
    ],
    [`https://www.figma.com/design/${K}/👩‍👩‍👧`, FILE, 'the same, with the joiners that some browsers copy raw'],
    [`https://www.figma.com/design/${K}/🏴󠁧󠁢󠁥󠁮󠁧󠁿-❤️`, FILE, 'a flag of tags and a variation selector'],
    [`https://www.figma.com/design/${K}/ש\u200fלום-\u200efile`, FILE, 'marks of direction, which reverse nothing'],
    [`https://www.figma.com/design/${K}/Prüfung-(neu)-[1]-{2}-'3'-"4"-a|b^c\`d`, FILE, 'any printable character'],
    [`https://www.figma.com/design/${K}/`, FILE, 'an empty title'],
    [`https://www.figma.com/design/${K}//`, FILE, 'an empty title and a slash'],
    [`https://www.figma.com/design/${K}//duplicate`, FILE, 'a copy of a file without a title'],
    [`https://www.figma.com/design/${K}/-`, FILE, 'a title of signs'],
    [`https://www.figma.com/design/${K}/Branch`, FILE, 'a title that is nearly a word of the table'],
    [`https://www.figma.com/design/${K}/https://example.com/`, FILE, 'a title that is an address'],
    [`https://www.figma.com/design/${K}/..`, 'link_malformed', 'browsers open another page: two readings'],
    [`https://www.figma.com/design/${K}/x/%2E%2e/%2e./files/1/team/2`, 'link_malformed', 'the same, encoded'],
    [
      `https://www.figma.com/design/${K}/..%2F..%2Ffiles%2F1%2Fteam%2F2`,
      'link_malformed',
      'the same for whoever decodes first',
    ],
    [
      `https://www.figma.com/design/${K}/..\\..\\files`,
      'link_malformed',
      'the URL standard turns a backslash into a slash',
    ],
    [
      `https://www.figma.com/design/${K}/a\tb`,
      'link_malformed',
      'the URL standard drops tabs and line ends; in a list they separate',
    ],
    [`https://www.figma.com/design/${K}/a b`, 'link_malformed', 'a space separates links'],
    [`https://www.figma.com/design/${K}/red,green`, 'link_malformed', 'a comma separates links; Figma encodes it'],
    [`https://www.figma.com/design/${K}/\u202egnp.nac`, 'link_malformed', 'shown in another order than it is read'],
    [`https://www.figma.com/design/${K}/\u2067x\u2069`, 'link_malformed', 'the same'],
    [`https://www.figma.com/design/${K}/\ud83d`, 'link_malformed', 'half a character'],
    [`https://www.figma.com/design/${K}/${'x'.repeat(2_048)}`, 'link_malformed', 'longer than 2,048 characters'],
  ],

  'what stands around the path': [
    [`www.figma.com/design/${K}`, FILE, 'browsers hide the scheme'],
    [`figma.com/design/${K}`, FILE, 'the same, without www'],
    [`https://figma.com/design/${K}`, FILE, "as the page of Figma's docs has it"],
    [`HTTPS://www.figma.com/design/${K}`, FILE, 'a scheme has no letter case (RFC 3986, 6.2.2.1)'],
    [`https://www.Figma.com/design/${K}`, FILE, 'nor has a host; keyboards of telephones begin with a capital'],
    [`Https://WWW.FIGMA.COM/design/${K}`, FILE, 'both'],
    [`https://www.figma.com:443/design/${K}`, FILE, 'the port of https (RFC 3986, 6.2.3)'],
    [`https://www.figma.com:/design/${K}`, FILE, 'the same, left empty'],
    [`https://www.figma.com/design/${K}?node-id=1:2&q=a/../b%2F%`, FILE, 'a query means nothing'],
    [`https://www.figma.com/design/${K}?`, FILE, 'an empty query'],
    [`https://www.figma.com/design/${K}#`, FILE, 'an empty fragment'],
    [`https://www.figma.com/design/${K}#👩‍👩‍👧/files/1/team/2`, FILE, 'a fragment means nothing'],
    [`www.figma.com:443/design/${K}`, 'link_wrong_host', 'without a scheme, the URL standard reads the host as one'],
    [`https://www.figma.com:8443/design/${K}`, 'link_wrong_host', 'another server'],
    [`https://www.figma.com./design/${K}`, 'link_wrong_host', 'another host to a browser'],
    [
      `http://www.figma.com/design/${K}`,
      'link_not_https',
      "Figma's links are https; whoever listens could change this one",
    ],
    [`//www.figma.com/design/${K}`, 'link_malformed', 'means something only on a page'],
    [`https://ada@www.figma.com/design/${K}`, 'link_wrong_host', 'a name before the host is made to mislead'],
    [`https://www.figma.com@evil.example/design/${K}`, 'link_wrong_host', 'the same'],
    [`https://www.figma.com\\@evil.example/design/${K}`, 'link_malformed', 'readers disagree about the host'],
    [`https://www.figma.com/%64esign/${K}`, 'link_unknown_shape', 'a word of the table is needlessly encoded'],
    [`https://www.figma.com/design/%66zYhvQpqwhZDUImRz431Qo`, 'link_bad_id', 'a key is needlessly encoded'],
    [`https://www.figma.com//design/${K}`, 'link_malformed', 'an empty part before the id: servers disagree'],
    [`https://www.figma.com/design//${K}`, 'link_malformed', 'the same'],
    [`https://www.figma.com/design/${K};x=1`, 'link_bad_id', 'some servers end a part at a semicolon'],
    [`https://www.figma.com/design/${K}%2FTitle`, 'link_malformed', 'where the id ends is not clear'],
    [
      `https://www.figma.com/design/${K.slice(0, 4)}\u00ad${K.slice(4)}`,
      'link_malformed',
      'a character that nobody sees, in the id',
    ],
    [`https%3A%2F%2Fwww.figma.com%2Fdesign%2F${K}`, 'link_wrong_host', 'a link inside of another'],
    [
      `<https://www.figma.com/design/${K}>`,
      'link_not_https',
      'the brackets of a mail program are not part of the link',
    ],
    [`[Landing](https://www.figma.com/design/${K})`, 'link_not_https', 'Markdown is no link'],
  ],
}

const reading = (options: FigmaPolicyOptions, link: string): string => {
  const parsed = figmaPolicy(options).parseLink(link)
  if (!parsed.ok) return parsed.code
  const { resource, planId } = parsed
  return `${resource.kind} ${resource.id}${planId === undefined ? '' : ` of ${planId}`}`
}

describe.each(Object.entries(TABLE))('%s', (_, rows) => {
  test.each(rows.map(([link, is, why]) => ({ link, is, why })))('$link is $is: $why', ({ link, is }) => {
    expect(reading({}, link)).toBe(is)
  })
})

test('the table has 113 forms, none twice', () => {
  const links = Object.values(TABLE).flatMap((rows) => rows.map(([link]) => link))
  expect(new Set(links).size).toBe(links.length)
  expect(links).toHaveLength(113)
})

describe('with hosts of its own', () => {
  const hosts = ['www.figma-gov.com', 'embed.figma.com', 'www.figma.com']
  const rows: readonly Row[] = [
    [`https://www.figma-gov.com/design/${K}/Title?node-id=0-1`, FILE, 'Figma for Government'],
    [`https://WWW.Figma-Gov.com:443/design/${K}`, FILE, 'hosts know no letter case'],
    [`https://embed.figma.com/design/${K}/Landing-page?embed-host=share`, FILE, "as Figma's Embed Kit writes it"],
    [`https://www.figma.com/proto/${K}`, FILE, 'named as well'],
    [`https://figma-gov.com/design/${K}`, 'link_wrong_host', 'not named'],
    [`https://figma.com/design/${K}`, 'link_wrong_host', 'not named'],
    [`https://api.figma-gov.com/design/${K}`, 'link_wrong_host', 'not named'],
  ]
  test.each(rows.map(([link, is, why]) => ({ link, is, why })))('$link is $is: $why', ({ link, is }) => {
    expect(reading({ hosts }, link)).toBe(is)
  })
})

test('two spellings of one link are one resource of a token, and the first is kept', async () => {
  const { tokens } = figmaWorld()
  const links = [
    'https://www.Figma.com/design/FileA/Web-%2F-Mobile',
    'figma.com/design/FileA//',
    'HTTPS://figma.com/file/FileA',
  ]
  const { token } = await tokens.create({
    ...{ actor: 'admin-1', planId: '1001', type: 'rest', name: 'x', lifetimeDays: 1 },
    ...{ scopes: ['file_content:read'], resources: links },
  })
  expect(token.resources).toEqual([{ kind: 'file', id: 'FileA', link: links[0] }])
})
