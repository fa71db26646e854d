import { zipSync } from 'fflate'

/**
 * Makes a zip, in the order in which the files are given. The same files give the same bytes on every machine: the compressor
 * is JavaScript, not the zlib of this Node, and what a zip says besides (time, rights, system) is the same for all.
 */
export function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return zipSync({ ...files }, { level: 9, mtime: zipEpoch, os: unix, attrs: everybodyReads })
}

// A zip stores local time: a date made from local fields gives the same bytes in every time zone.
const zipEpoch = new Date(1980, 0, 1)
const unix = 3
// Without rights of their own, files are unpacked as ones that nobody but root can read.
const everybodyReads = 0o100644 << 16
