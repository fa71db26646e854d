import type { Mutation } from './mutation.ts'

const identify = 'shared/caller.ts'
const callers = 'rotation/http/callers.ts'

/** Who is recognised, and what each may do. */
export const callerMutations: readonly Mutation[] = [
  {
    name: 'nobody is the operator',
    rule: '–',
    off: 'who sends no credential counts as the operator',
    file: identify,
    edits: [
      {
        find: "if (tokens.length === 0) return { role: 'absent', name: null }",
        replace: "if (tokens.length === 0) return { role: 'operator', name: null }",
      },
    ],
    shows: ['forged credentials'],
  },
  {
    name: 'the first header decides',
    rule: '–',
    off: 'a second header may name another credential',
    file: identify,
    edits: [{ find: ' || tokens.some(other => other !== token)', replace: '' }],
    shows: ['forged credentials'],
  },
  {
    name: 'the last of doubled headers counts',
    rule: '–',
    off: 'a header that is there several times counts with its last value',
    file: identify,
    edits: [{ find: 'values.length === 1 ? read(values[0]) : undefined', replace: 'read(values.at(-1))' }],
    shows: ['forged credentials'],
  },
  {
    name: 'one of the two fields is read',
    rule: '–',
    off: 'a header of which the second field of the event has more values counts with the value of the first',
    file: 'shared/http-request.ts',
    edits: [
      {
        find: '[...most, ...fewer.filter(value => !most.includes(value))]',
        replace: 'fewer.length > 0 ? fewer : most.slice(-1)',
      },
    ],
    shows: ['forged credentials'],
  },
  {
    name: 'an empty header is none',
    rule: '–',
    off: 'an empty credential header counts as absent',
    file: identify,
    edits: [{ find: 'values.length === 0 ? []', replace: "values.every(value => value === '') ? []" }],
    shows: ['forged credentials'],
  },
  {
    name: 'any scheme',
    rule: '–',
    off: 'the scheme of Authorization is not read',
    file: identify,
    edits: [{ find: '/^Bearer +(', replace: '/^(?:\\w+ +)?(' }],
    shows: ['forged credentials'],
  },
  {
    name: 'every key is known',
    rule: '–',
    off: 'a key that is on no list names the first caller of the list',
    file: identify,
    edits: [{ find: 'isHash(hash, presented))', replace: 'isHash(hash, presented) || known.length > 0)' }],
    shows: ['forged credentials'],
  },
  {
    name: 'any token is the CRON’s',
    rule: '–',
    off: 'the token of a body is compared with nothing',
    file: callers,
    edits: [{ find: "typeof token === 'string' && isHash(token, cronToken)", replace: "typeof token === 'string'" }],
    shows: ['forged credentials'],
  },
  {
    name: 'a wrong token counts as none',
    rule: '–',
    off: 'beside a wrong token the headers decide',
    file: callers,
    edits: [
      {
        find: "{ role: 'cron', name: null } : unknownCaller",
        replace: "{ role: 'cron', name: null } : identify(request, callers)",
      },
    ],
    shows: ['forged credentials'],
  },
  {
    name: 'read before recognised',
    rule: '–',
    off: 'a request is read before its caller is recognised',
    file: callers,
    edits: [{ find: 'recognised(caller).role', replace: 'caller.role' }],
    shows: ['forged credentials'],
  },
  {
    name: 'a monitor may do everything',
    rule: '–',
    off: 'a monitor may rotate, roll back and revoke',
    file: callers,
    edits: [
      { find: "if (asked.kind === 'status' && role === 'monitor') return", replace: "if (role === 'monitor') return" },
    ],
    shows: ['callers without the right'],
  },
  {
    name: 'the CRON may force',
    rule: '–',
    off: 'the CRON may rotate with force',
    file: callers,
    edits: [{ find: ' && !force\n', replace: ' && force !== undefined\n' }],
    shows: ['callers without the right'],
  },
  {
    name: 'the CRON may do everything',
    rule: '–',
    off: 'the CRON may roll back and revoke',
    file: callers,
    edits: [{ find: "(action === 'rotate' || action === 'tend')", replace: "action !== ''" }],
    shows: ['callers without the right'],
  },
  {
    name: 'the CRON counts as the operator',
    rule: '5',
    off: 'the monthly CRON ends a rollback',
    file: 'rotation/service.ts',
    edits: [{ find: "operator: caller.role === 'operator'", replace: "operator: caller.role !== 'monitor'" }],
    shows: ['a rollback'],
  },
]
