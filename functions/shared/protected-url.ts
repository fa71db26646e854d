const loopback = ['127.0.0.1', '[::1]', 'localhost']

/** What is expected of an address that a credential is sent to. It completes the sentence "… must be". */
export const protectedUrlForm = 'an https URL without user and password (http only to loopback)'

/** Says whether nothing that is sent to an address crosses a network in clear text, and the address holds no password. */
export function isProtectedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username + password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && loopback.includes(hostname))
}
