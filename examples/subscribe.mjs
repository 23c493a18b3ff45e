// Print the events of a Hatchery node as JSON lines, each once. Needs Node.js and amqplib (`npm ci` in this folder).
//
// `hatchery subscriber add AREA NAME --binding PATTERN --log` prints the URI. It holds the password, so it is taken
// from the environment, where other users of the machine do not see it; EVENTS_CA names the authority's file for amqps.
//
//     export EVENTS_URI=amqp://sub-230102-finance:...@host:5672/230102
//     node subscribe.mjs sub.finance                                   # from now on, until ^C
//     node subscribe.mjs sub.finance --since 2026-11-20T08:00:00Z --pattern 'registry.organisation.#'
//
// With --since the events that the stream `events.log` took since then come first: a time, an offset, or `first`. The
// queue meanwhile keeps what is new. What comes twice is told by its id.

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import amqp from 'amqplib'

const LOG = 'events.log'
const PREFETCH = 100 // events in hand that are not acknowledged yet; a stream insists on a bound
const LOOK = 10000 // milliseconds within which the stream has sent something, if it has anything
const TICK = 500 // milliseconds of silence after which the newest events have arrived

// Put your own work here. Only when it returns the event is remembered and acknowledged.
async function handle (event) {
  process.stdout.write(JSON.stringify(event) + '\n')
}

// The ids of the events that were handled, one a line. Where you keep what you handle in a database, keep the ids there
// too, in the same transaction: a crash between the work and this line would have the event handled twice.
class Seen {
  constructor (path) {
    this.path = path
    this.ids = new Set(existsSync(path) ? readFileSync(path, 'ascii').split('\n') : [])
  }

  async once (event) {
    if (this.ids.has(event.id)) return
    await handle(event)
    this.ids.add(event.id)
    appendFileSync(this.path, event.id + '\n')
  }
}

// Whether a routing key is one that these patterns ask for; `*` is one word, `#` any number of words.
function matcher (patterns) {
  const word = w => ({ '*': '\\.[^.]+', '#': '(\\.[^.]+)*' })[w] ?? '\\.' + w.replace(/\W/g, '\\$&')
  const wanted = patterns.map(p => new RegExp('^' + p.split('.').map(word).join('') + '$'))
  return key => wanted.some(one => one.test('.' + key))
}

// What the broker calls this place of the stream: an offset, a time, or a word.
function start (since) {
  if (/^\d+$/.test(since)) return Number(since)
  if (since === 'first') return since
  const moment = Date.parse(since)
  if (Number.isNaN(moment)) throw new Error('--since is a time (ISO 8601), an offset, or first')
  return { '!': 'timestamp', value: Math.floor(moment / 1000) }
}

// Calls `take(message)` for one message after the other and acknowledges it then. Ends when `take` answers true, or when
// nothing came for `first` milliseconds, or `next` after a message; rejects when the broker goes away.
async function consume (connection, source, take, { first, next, offset } = {}) {
  const channel = await connection.createChannel()
  await channel.prefetch(PREFETCH)
  let over = false
  await new Promise((resolve, reject) => {
    let timer
    const end = (settle, value) => { over = true; clearTimeout(timer); settle(value) }
    const wait = silence => { clearTimeout(timer); if (silence) timer = setTimeout(end, silence, resolve) }
    const gone = () => end(reject, new Error(`${source} is gone: the broker, the queue or the permission`))
    let work = Promise.resolve()
    const deliver = message => {
      if (message === null) return gone()
      work = work.then(async () => {
        if (over) return
        const enough = await take(message)
        channel.ack(message) // unacknowledged events come again
        if (enough) end(resolve)
        else wait(next)
      }).catch(error => end(reject, error))
    }
    channel.on('error', error => end(reject, error))
    channel.on('close', gone)
    wait(first)
    channel.consume(source, deliver, { arguments: offset === undefined ? {} : { 'x-stream-offset': offset } })
      .catch(error => end(reject, error))
  })
  await channel.close()
}

// The offset of the stream's last event just now; undefined for an empty stream.
async function newest (connection) {
  let found
  const until = Date.now() + LOOK
  const look = message => {
    found = message.properties.headers['x-stream-offset']
    return Date.now() > until
  }
  await consume(connection, LOG, look, { first: LOOK, next: TICK, offset: 'last' })
  return found
}

// What the stream has from `since` to now; what comes later is in the queue.
async function replay (connection, since, wanted, seen) {
  const end = await newest(connection)
  if (end === undefined || since > end) return
  const take = async message => {
    if (wanted(message.fields.routingKey)) await seen.once(JSON.parse(message.content))
    return message.properties.headers['x-stream-offset'] >= end
  }
  await consume(connection, LOG, take, { first: LOOK, next: LOOK, offset: since })
  console.error(`replayed up to offset ${end}`)
}

async function connect () {
  const uri = process.env.EVENTS_URI
  if (!uri) throw new Error('EVENTS_URI is not set')
  const authority = process.env.EVENTS_CA
  const { hostname } = new URL(uri)
  const secure = {
    servername: isIP(hostname) ? undefined : hostname,
    ca: authority ? readFileSync(authority) : undefined
  }
  const connection = await amqp.connect(uri, uri.startsWith('amqps:') ? secure : {})
  connection.on('error', error => console.error(error.message)) // the channel's close ends the program
  return connection
}

async function main () {
  const { values, positionals: [queue] } = parseArgs({
    allowPositionals: true,
    options: {
      since: { type: 'string' },
      pattern: { type: 'string', multiple: true, default: ['#'] },
      seen: { type: 'string', default: 'seen.txt' }
    }
  })
  const seen = new Seen(values.seen)
  const connection = await connect()
  if (values.since !== undefined) await replay(connection, start(values.since), matcher(values.pattern), seen)
  if (queue) await consume(connection, queue, async message => { await seen.once(JSON.parse(message.content)) })
  await connection.close()
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
main().catch(error => {
  console.error(error.message)
  process.exit(1)
})
