import type { Chance } from '../harness/chance.ts'
import { marker } from './hostile-values.ts'

/** Bodies that request something: valid ones, nearly valid ones and tricks. */
export const plainBodies: readonly [string, ...string[]] = [
  '',
  '{}',
  ' \n',
  '{"action":"tend"}',
  '{"action":"rotate"}',
  '{"action":"rotate","force":true}',
  '{"action":"rotate","dry_run":true,"source":"x"}',
  '{"action":"rollback"}',
  '{"action":"rollback","revision":2}',
  '{"action":"rollback","revision":1e400}',
  '{"action":"rollback","revision":9007199254740993}',
  '{"action":"rollback","revision":-0}',
  '{"action":"revoke"}',
  '{"action":"revoke","dry_run":true}',
  '{"action":"revoke","force":true}',
  '{"action":"tend","keys":["default"]}',
  '{"force":true,"keys":["default"]}',
  '{"action":"rollback","revision":1,"keys":["default"]}',
  '{"keys":["default","default"]}',
  '{"keys":["default","__proto__"]}',
  `{"keys":["${marker}"]}`,
  '{"keys":"default"}',
  `{"action":"${marker}"}`,
  '{"action":["revoke"]}',
  `{"action":"tend","action":"${marker}"}`,
  '{"__proto__":{"action":"revoke","force":true}}',
  `{"constructor":{"prototype":{"polluted":"${marker}"}}}`,
  '{"action":"tend","__proto__":null}',
  '\ufeff{"action":"revoke"}',
  '{"action":"revoke"} {"action":"revoke"}',
  `{"source":"${marker}"}`,
  `{"${marker}":1}`,
  `{"force":"${marker}"}`,
  '{"force":1,"dry_run":null}',
  '{"action":"revoke"',
  'action=revoke&force=true',
  '<action>revoke</action>',
  'null',
  '[]',
  '"revoke"',
  '1e400',
  `"\\ud800${marker}"`,
  '{"action":"\\u0072evok\\u0065","extra":0}',
  marker,
]

/** One body of each kind that is difficult for a parser: too long, too deep, encoded. */
export function oddBodies(luck: Chance): string[] {
  return [bigBody(luck), deepBody(luck), base64Body(luck)]
}

function bigBody(luck: Chance): string {
  const bytes = luck.one([64 * 1024, 64 * 1024 + 1, 300_000, 3_000_000])
  return luck.one([
    ' '.repeat(bytes),
    `{"${marker}":"${'x'.repeat(bytes)}"}`,
    marker.repeat(bytes / 8),
    'é'.repeat(bytes / 2),
  ])
}

function deepBody(luck: Chance): string {
  const levels = luck.one([100, 10_000, 30_000])
  return luck.one(['['.repeat(levels), '['.repeat(levels) + ']'.repeat(levels), '{"a":'.repeat(levels / 5)])
}

function base64Body(luck: Chance): string {
  return luck.one(['eyJhY3Rpb24iOiJyZXZva2UifQ==', '====', 'e30', Buffer.from(marker).toString('base64')])
}
