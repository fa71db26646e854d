import { render } from 'lit-html'
import type { Picture } from '../picture.ts'
import { follow, post, takeToken } from './connection.ts'
import { page, trouble } from './page.ts'
import type { Actions, View } from './view.ts'

// Whoever wants less motion sees the same in steps.
const stillMs = 1_000

const token = takeToken(window)
const wantsLessMotion = matchMedia('(prefers-reduced-motion: reduce)')
let picture: Picture | undefined
let view: View = { zoom: null, lane: null, width: 0, refusal: '', lost: '' }
let isDue = false

const actions: Actions = {
  set: command => void send(`clock/${command}`),
  press: id => void send(`press/${id}${view.lane === null ? '' : `?key=${encodeURIComponent(view.lane)}`}`),
  choose: chosen => change(chosen),
}

async function send(path: string): Promise<void> {
  change({ refusal: (await post(token, path)) ?? '' })
}

function change(part: Partial<View>): void {
  view = { ...view, ...part }
  draw()
}

/** Draws before the next frame, once for all that changed. */
function draw(): void {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    render(picture === undefined ? trouble(view) : page(picture, view, actions), document.body)
    measure()
  })
}

/** The time line is drawn in the pixels that it has: its text is never scaled. */
function measure(): void {
  const width = document.querySelector('.drawing')?.clientWidth ?? 0
  if (width !== view.width) change({ width })
}

let isStill = false
let isMissed = false

function show(next: Picture): void {
  picture = next
  if (view.lost !== '') view = { ...view, lost: '' }
  if (isStill) {
    isMissed = true
    return
  }
  draw()
  if (wantsLessMotion.matches) keepStill()
}

function keepStill(): void {
  isStill = true
  isMissed = false
  setTimeout(() => {
    isStill = false
    if (isMissed && picture !== undefined) show(picture)
  }, stillMs)
}

window.addEventListener('resize', measure)
draw()
void follow(token, { show, lose: lost => change({ lost }) })
