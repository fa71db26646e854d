import { createHash } from 'node:crypto'
import { argon2id } from '@noble/hashes/argon2.js'

// The platform takes m=65536,p=2 (docs/scaleway.md#environment-variables), which takes too long for every
// test.
const cost = { t: 1, m: 8, p: 1, version: 0x13, dkLen: 32 }
const saltBytes = 16

/**
 * Takes a secret variable's value and gives what the API answers instead of it: an argon2id string, against which the
 * Terraform provider holds the value it knows (docs/scaleway.md#secret-variables-in-state). One value always gives one
 * string.
 */
export function hashedValue(value: string): string {
  const salt = createHash('sha256').update(value).digest().subarray(0, saltBytes)
  const hash = argon2id(value, salt, cost)
  return `$argon2id$v=${cost.version}$m=${cost.m},t=${cost.t},p=${cost.p}$${unpadded(salt)}$${unpadded(hash)}`
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
