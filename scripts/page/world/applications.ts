import { addressOf } from '../../deployment/address.ts'
import type { LocalDeployment } from '../../local/deployment.ts'
import type { TimeMachine } from '../clock/time-machine.ts'
import type { Outcome } from '../picture.ts'
import { type Application, startApplication } from './application.ts'
import type { Telling } from './happenings.ts'
import type { LaneBook } from './lane.ts'

/**
 * How often an application makes a call, and asks for its key: often enough that what goes wrong between two hourly runs is
 * seen, and seldom enough for a year in minutes.
 */
const [callSeconds, refreshSeconds] = [30 * 60, 4 * 3_600]

/** What the applications live in. */
interface ApplicationsParts {
  readonly machine: TimeMachine
  readonly deployment: LocalDeployment
  readonly lanes: readonly LaneBook[]
  readonly tell: (telling: Telling, lane: LaneBook) => void
  /** Called after each call. */
  readonly onCall: () => void
}

/** The applications, one for each key, and what they say of their own calls. */
export class Applications {
  readonly #parts: ApplicationsParts
  readonly #counts = { refused: 0, renewed: 0, calls: 0 }
  #running: Application[] = []

  constructor(parts: ApplicationsParts) {
    this.#parts = parts
    this.#spyOnTries()
  }

  /** What they have counted themselves. */
  get counts(): { readonly refused: number; readonly renewed: number; readonly calls: number } {
    return this.#counts
  }

  /** Starts them with the credentials of now. Resolves when each has said a first word. */
  async start(): Promise<void> {
    const { machine, deployment, lanes, tell } = this.#parts
    const { scalewayUrl, retrieval, identities } = deployment
    const started = identities.keys.flatMap(({ name, consumer }) =>
      lanes
        .filter(lane => lane.name === name)
        .map(lane =>
          startApplication({
            env: {
              ...machine.environment(`application-${name}`),
              RETRIEVAL_URL: addressOf(retrieval.url, name),
              CONSUMER_KEY: consumer.secretKey,
              SCW_API_URL: scalewayUrl,
              CALL_SECONDS: String(callSeconds),
              REFRESH_SECONDS: String(refreshSeconds),
            },
            onCall: answer => this.#called(lane, answer),
            onLine: line => tell(saidBy(line), lane),
          }),
        ),
    )
    this.#running = await Promise.all(started)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map(application => application.stop()))
  }

  #called(lane: LaneBook, answer: string): void {
    const { machine, tell, onCall } = this.#parts
    const outcome = lane.called(machine.nowMs, answer)
    this.#counts.calls += 1
    this.#counts.refused += Number(outcome === 'refused')
    this.#counts.renewed += Number(outcome === 'renewed')
    const telling = tellingOf(outcome, answer)
    if (telling !== undefined) tell(telling, lane)
    onCall()
  }

  /** The local Scaleway asks a fault about each call; this one sees which key an application calls with, and never hits. */
  #spyOnTries(): void {
    const { deployment, lanes } = this.#parts
    deployment.scaleway.faults.add({
      operation: 'iam.getApiKey',
      match: ({ path, request }) => {
        const accessKey = path.slice(path.lastIndexOf('/') + 1)
        // Node's fetch: the functions and curl name themselves differently.
        if (request.headers['user-agent'] === 'node') {
          lanes.find(({ lane }) => lane.bars.some(bar => bar.accessKey === accessKey))?.tried(accessKey)
        }
        return false
      },
      fault: { kind: 'unauthorized' },
    })
  }
}

function tellingOf(outcome: Outcome, answer: string): Telling | undefined {
  if (outcome === 'refused') return { text: `The application is refused: HTTP ${answer}.`, tone: 'bad' }
  if (outcome !== 'renewed') return undefined
  return { text: 'The application was refused once, fetched the new key and went on.' }
}

function saidBy(line: string): Telling {
  const held = /^Holding revision (\d+)\.$/.exec(line)?.[1]
  return held === undefined
    ? { text: `Application: ${line}`, tone: 'bad' }
    : { text: `The application holds revision ${held}.` }
}
