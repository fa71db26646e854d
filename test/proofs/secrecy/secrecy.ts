import { callFaultNames, callsOf, type JourneyName, journeyNames } from '../call-faults.ts'
import type { BadLife, Extent, Proof } from '../harness/proof.ts'
import { secretCrash } from './secret-crash.ts'
import { secretObjects } from './secret-objects.ts'
import { readFaults, secretRead } from './secret-reads.ts'
import { type Looked, leaksOf, type SecretHit, secretRun, useless } from './secret-runs.ts'

const pieces = { share: 6, full: 24 } as const satisfies Record<Extent, number>
/** One run in `every` is executed. */
const every = { share: 14, full: 1 } as const satisfies Record<Extent, number>

/** A run, a read or a check of objects, with its name. */
interface Look {
  readonly life: string
  readonly look: () => Promise<Looked & { readonly objects?: number }>
}

/** Plants secrets and searches for them everywhere. */
export const secrecy: Proof = {
  name: 'secrecy',
  does: 'plants secrets and lets every call of every journey, and every request to retrieval, meet every fault, with the log at trace level; prints every object and error in every way',
  promises: 'no secret, in any encoding, in a log line, an answer, a notification, an error or the output',
  unit: 'runs',
  readsStacks: true,
  pieces: extent => pieces[extent],
  async live({ index, extent, seed }) {
    if (Error.stackTraceLimit < 5) throw new Error('Errors have no stack traces here, so none could be searched.')
    const looks = (await allLooks(extent, seed)).filter((_, number) => number % pieces[extent] === index)
    const bad: BadLife[] = []
    const figures = { texts: 0, 'characters (thousands)': 0, 'objects and errors': 0, 'most forms searched for': 0 }
    for (const { life, look } of looks) {
      const looked = await look()
      const texts = Object.values(looked.places).flat()
      figures.texts += texts.length
      figures['characters (thousands)'] += Math.round(texts.join('').length / 1000)
      figures['objects and errors'] += looked.objects ?? 0
      figures['most forms searched for'] = Math.max(figures['most forms searched for'], looked.search.size)
      const violations = leaksOf(looked)
      if (violations.length > 0) bad.push({ life, violations, history: [life] })
    }
    return { units: looks.length, bad, figures }
  },
  remark: figures =>
    `${figures.texts} texts with ${figures['characters (thousands)']} thousand characters, ${figures['objects and errors']} objects and errors printed in 15 ways, up to ${figures['most forms searched for']} forms of secrets`,
}

async function allLooks(extent: Extent, seed: number): Promise<Look[]> {
  const runs: Look[] = []
  for (const name of journeyNames) {
    const calls = await callsOf(name)
    for (const fault of [...callFaultNames, ...useless]) {
      for (let nth = 1; nth <= calls; nth++) runs.push(run(name, { nth, fault }, seed + runs.length))
    }
  }
  const reads = Object.keys(readFaults).map(
    (fault, index): Look => ({ life: `retrieval: ${fault}`, look: () => secretRead(fault, seed + index) }),
  )
  const chosen = runs.filter((_, index) => index % every[extent] === seed % every[extent])
  const crash = { life: 'uncaught errors', look: () => secretCrash() }
  return [{ life: 'objects and errors', look: secretObjects }, crash, ...reads, ...chosen]
}

function run(name: JourneyName, hit: SecretHit, seed: number): Look {
  return { life: `${name}: call ${hit.nth} ${hit.fault}, seed ${seed}`, look: () => secretRun(name, hit, seed) }
}
