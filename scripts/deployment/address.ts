/** Gives a key's own address at a function, from the address of the function. */
export function addressOf(functionUrl: string, keyName: string): string {
  const url = new URL(functionUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${keyName}`
  return url.href
}
