// Drives a running broker with real clients, as .ci/interop/clients starts it, and checks every answer.
//   PINFOLD_CLIENTS   the folder in which the packages are installed, with its load.mjs
//   PINFOLD_ENDPOINT, PINFOLD_TOKEN   the broker, empty at the start
// Prints a line per step and at last "clients: N/N passed"; exits with 1 unless all of them did.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const { PINFOLD_CLIENTS: packages, PINFOLD_ENDPOINT: endpointUrl, PINFOLD_TOKEN: accessToken } = process.env
if (!packages || !endpointUrl || !accessToken) {
  console.error('needs PINFOLD_CLIENTS, PINFOLD_ENDPOINT and PINFOLD_TOKEN; run .ci/interop/clients')
  process.exit(2)
}
const { load } = await import(pathToFileURL(path.join(packages, 'load.mjs')).href)
const { Configuration, RemotePinningServiceClient, Status, TextMatchingStrategy: Match } =
  await load('@ipfs-shipyard/pinning-service-client')
const { createRemotePins } = await load('@helia/remote-pinning')
const { multiaddr } = await load('@multiformats/multiaddr')
const { CID } = await load('multiformats/cid')
const { create: digest } = await load('multiformats/hashes/digest')

const EVERY = [Status.Queued, Status.Pinning, Status.Pinned, Status.Failed]
const PINNED_WITHIN = 90_000
const client = new RemotePinningServiceClient(new Configuration({ endpointUrl, accessToken }))

let passed = 0
let steps = 0
async function step (what, body) {
  steps++
  try {
    await body()
    passed++
    console.log(`  ok      ${what}`)
  } catch (e) {
    // The client throws the HTTP answer itself.
    const why = e instanceof Response ? `HTTP ${e.status}: ${await e.text().catch(() => '')}` : e?.stack ?? e
    console.log(`  FAILED  ${what}\n${String(why).replace(/^/gm, '          ')}`)
  }
}

async function refused (status, call) {
  const answer = await call().then(() => assert.fail(`was accepted, should be ${status}`), (e) => e)
  if (!(answer instanceof Response)) throw answer
  assert.equal(answer.status, status)
  const body = await answer.json()
  assert.equal(typeof body.error?.reason, 'string')
}

async function eventually (what, check) {
  for (const until = Date.now() + PINNED_WITHIN; ;) {
    const value = await check()
    if (value) return value
    if (Date.now() > until) assert.fail(`not within ${PINNED_WITHIN / 1000} s: ${what}`)
    await sleep(200)
  }
}

const pinned = (requestid) => eventually(`${requestid} is pinned`, async () => {
  const pin = await client.pinsRequestidGet({ requestid })
  assert.notEqual(pin.status, Status.Failed, JSON.stringify(pin.info))
  return pin.status === Status.Pinned && pin
})

/** Content that the broker has, not pinned yet. */
async function upload (bytes) {
  const answer = await fetch(`${endpointUrl}/api/v1/content?pin=false`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/octet-stream' },
    body: bytes
  })
  const text = await answer.text()
  assert.equal(answer.status, 202, text)
  return CID.parse(JSON.parse(text).roots[0])
}

/** A CID whose bytes exist nowhere. */
const nowhere = () => CID.createV1(0x55, digest(0x12, createHash('sha256').update(randomBytes(32)).digest()))
const ids = (page) => page.results.map((pin) => pin.requestid)
/** All of a list; far more than there are pins means a service that gives the same page for ever. */
async function collect (source) {
  const all = []
  for await (const one of source) assert.ok(all.push(one) <= 1000, 'the list does not end')
  return all
}

const run = randomBytes(6).toString('hex')
const first = await upload(randomBytes(3000))
const second = await upload(randomBytes(5000))
const third = await upload(randomBytes(700_000))

console.log('@ipfs-shipyard/pinning-service-client')
let pin
const name = `Summer Photos ${run} 50% & more`
await step('an empty account lists nothing', async () => {
  const page = await client.pinsGet({ status: EVERY })
  assert.equal(page.count, 0)
  assert.deepEqual([...page.results], [])
})
await step('a wrong token is refused with 401', () => {
  const stranger = new RemotePinningServiceClient(new Configuration({ endpointUrl, accessToken: 'wrong' }))
  return refused(401, () => stranger.pinsGet({}))
})
await step('add answers with the pin as it was sent', async () => {
  pin = await client.pinsPost({ pin: { cid: first.toString(), name, meta: { app_id: run, kind: 'photo' } } })
  assert.ok(EVERY.includes(pin.status))
  assert.ok(pin.created instanceof Date && Math.abs(Date.now() - pin.created) < 600_000)
  assert.equal(pin.pin.cid, first.toString())
  assert.equal(pin.pin.name, name)
  assert.deepEqual({ ...pin.pin.meta }, { app_id: run, kind: 'photo' })
  const delegates = [...pin.delegates]
  assert.ok(delegates.length >= 1 && delegates.length <= 20)
  for (const delegate of delegates) assert.ok(multiaddr(delegate).getPeerId(), `${delegate} names no peer`)
})
await step('get by id shows the same pin until it is pinned', async () => {
  const now = await pinned(pin.requestid)
  assert.equal(now.requestid, pin.requestid)
  assert.equal(now.created.getTime(), pin.created.getTime())
  assert.deepEqual(now.pin, pin.pin)
})
await step('an unknown id and a CID that is none are refused with 404 and 400', async () => {
  await refused(404, () => client.pinsRequestidGet({ requestid: '00000000-0000-4000-8000-000000000000' }))
  await refused(400, () => client.pinsPost({ pin: { cid: 'not-a-cid' } }))
})
await step('list by name matches exactly, in any case, and in part', async () => {
  const found = async (text, match) => ids(await client.pinsGet({ name: text, match, status: EVERY }))
  const part = `photos ${run} 50%`
  assert.deepEqual(await found(name, undefined), [pin.requestid])
  assert.deepEqual(await found(name, Match.Exact), [pin.requestid])
  assert.deepEqual(await found(name.toUpperCase(), Match.Exact), [])
  assert.deepEqual(await found(name.toUpperCase(), Match.Iexact), [pin.requestid])
  assert.deepEqual(await found(name.slice(3, 20), Match.Iexact), [])
  assert.deepEqual(await found(name.slice(3, 20), Match.Partial), [pin.requestid])
  assert.deepEqual(await found(part, Match.Partial), [])
  assert.deepEqual(await found(part, Match.Ipartial), [pin.requestid])
})
await step('list by meta needs every pair, as an object and as JSON', async () => {
  const found = async (meta) => ids(await client.pinsGet({ meta }))
  for (const wire of [(meta) => meta, JSON.stringify]) {
    assert.deepEqual(await found(wire({ app_id: run })), [pin.requestid])
    assert.deepEqual(await found(wire({ app_id: run, kind: 'photo' })), [pin.requestid])
    assert.deepEqual(await found(wire({ app_id: run, kind: 'film' })), [])
    assert.deepEqual(await found(wire({ app_id: run, owner: 'me' })), [])
  }
})
const lost = nowhere()
let waiting
await step('list by status tells pinned from waiting, and shows pinned ones without it', async () => {
  waiting = await client.pinsPost({ pin: { cid: lost.toString(), name: `lost ${run}` } })
  const open = [Status.Queued, Status.Pinning, Status.Failed]
  assert.deepEqual(ids(await client.pinsGet({ status: open })), [waiting.requestid])
  assert.deepEqual(ids(await client.pinsGet({ status: [Status.Pinned] })), [pin.requestid])
  assert.deepEqual(ids(await client.pinsGet({ status: EVERY })), [waiting.requestid, pin.requestid])
  assert.deepEqual(ids(await client.pinsGet({})), [pin.requestid])
})
await step('list by CID takes one and several', async () => {
  const found = async (...cids) => ids(await client.pinsGet({ cid: cids.map(String), status: EVERY }))
  assert.deepEqual(await found(first), [pin.requestid])
  assert.deepEqual(await found(first, lost, second), [waiting.requestid, pin.requestid])
  assert.deepEqual(await found(second), [])
})
await step('replace gives a new id and ends the old one', async () => {
  const old = pin
  pin = await client.pinsRequestidPost({
    requestid: old.requestid, pin: { cid: second.toString(), name: `new ${run}`, meta: { app_id: run } }
  })
  assert.notEqual(pin.requestid, old.requestid)
  assert.equal(pin.pin.cid, second.toString())
  await refused(404, () => client.pinsRequestidGet({ requestid: old.requestid }))
  assert.equal((await pinned(pin.requestid)).pin.name, `new ${run}`)
  assert.deepEqual(ids(await client.pinsGet({ meta: { app_id: run }, status: EVERY })), [pin.requestid])
})
await step('delete ends a pin, once', async () => {
  for (const { requestid } of [pin, waiting]) {
    await client.pinsRequestidDelete({ requestid })
    await refused(404, () => client.pinsRequestidGet({ requestid }))
    await refused(404, () => client.pinsRequestidDelete({ requestid }))
  }
  assert.equal((await client.pinsGet({ status: EVERY })).count, 0)
})

const series = { meta: { series: run }, status: EVERY }
let newestFirst = []
await step('25 pins of one CID, posted at once, are 25 pins with times of their own', async () => {
  const posted = await Promise.all(Array.from({ length: 25 }, (_, i) =>
    client.pinsPost({ pin: { cid: third.toString(), name: `series-${i}`, meta: { series: run } } })))
  newestFirst = posted.sort((a, b) => b.created - a.created).map(({ requestid, created }) => ({ requestid, created }))
  assert.equal(new Set(newestFirst.map((one) => one.requestid)).size, 25)
  assert.equal(new Set(newestFirst.map((one) => one.created.getTime())).size, 25)
  for (const { requestid } of newestFirst) await pinned(requestid)
})
for (const limit of [undefined, 1, 7, 25, 1000]) {
  await step(`pages of ${limit ?? 'no given size'}, by before, hold all 25 in order with exact counts`, async () => {
    const seen = []
    // As Kubo walks: until a page holds all that is left; a count above an empty page is an error.
    for (let before, more = true; more;) {
      const page = await client.pinsGet({ ...series, limit, before })
      assert.equal(page.count, 25 - seen.length)
      assert.equal(page.results.length, Math.min(limit ?? 10, page.count))
      seen.push(...ids(page))
      before = page.results.at(-1).created
      more = page.count > page.results.length
    }
    assert.deepEqual(seen, newestFirst.map((one) => one.requestid))
  })
}
await step('after and before leave out the pin of that time', async () => {
  const expect = (from, to) => newestFirst.slice(from, to).map((one) => one.requestid)
  const at = (i) => newestFirst[i].created
  assert.deepEqual(ids(await client.pinsGet({ ...series, after: at(5) })), expect(0, 5))
  assert.deepEqual(ids(await client.pinsGet({ ...series, after: at(10), before: at(3) })), expect(4, 10))
  assert.equal((await client.pinsGet({ ...series, before: at(24) })).count, 0)
  assert.equal((await client.pinsGet({ ...series, after: at(0) })).count, 0)
})

console.log('@helia/remote-pinning')
// What the client needs of a Helia node that nobody reaches and that reaches nobody.
const dialled = []
const peer = '12D3KooWHhcXUwEVAVVaWmTTJBrtQFPB4gZSk8GzYcV4Ri7kVaaR'
const node = {
  libp2p: {
    getMultiaddrs: () => [multiaddr(`/ip4/192.168.1.7/tcp/4001/p2p/${peer}`), multiaddr(`/ip4/192.168.1.7/udp/4001/quic-v1/p2p/${peer}`)],
    dial: async (addresses) => {
      dialled.push(...addresses)
      throw new Error('no route to host')
    }
  }
}
const pins = createRemotePins(node, { endpointUrl, accessToken, pollInterval: 200 })
const mine = await upload(randomBytes(40_000))
const signal = () => AbortSignal.timeout(PINNED_WITHIN)
await step('isPinned is false, and get fails, before', async () => {
  assert.equal(await pins.isPinned(mine), false)
  await assert.rejects(pins.get(mine), { name: 'NotFoundError' })
})
await step('add ends with the CID though no delegate can be dialled', async () => {
  const progress = []
  const added = await collect(pins.add(mine, {
    name: `helia ${run}`, metadata: { by: 'helia' }, signal: signal(), onProgress: (event) => progress.push(event.type)
  }))
  assert.deepEqual(added.map(String), [mine.toString()])
  assert.deepEqual(progress, ['helia:pin:add'])
  assert.ok(dialled.length > 0, 'no delegate was dialled')
})
await step('isPinned is true, and get shows the metadata, after', async () => {
  assert.equal(await pins.isPinned(mine), true)
  const { cid, status, metadata } = await pins.get(mine)
  assert.deepEqual([cid.toString(), status, { ...metadata }], [mine.toString(), 'pinned', { by: 'helia' }])
})
await step('add of bytes that are nowhere ends with the signal, and is not pinned', async () => {
  const gone = nowhere()
  await assert.rejects(collect(pins.add(gone, { signal: AbortSignal.timeout(1500) })), { name: 'TimeoutError' })
  assert.equal(await pins.isPinned(gone), false)
  for (const requestid of ids(await client.pinsGet({ cid: [gone.toString()], status: EVERY }))) {
    await client.pinsRequestidDelete({ requestid })
  }
})
await step('ls of one CID shows its pin', async () => {
  const rows = await collect(pins.ls({ cid: mine, signal: signal() }))
  assert.deepEqual(rows.map((row) => [row.cid.toString(), row.name, row.status]), [[mine.toString(), `helia ${run}`, 'pinned']])
})
await step('ls of all ends, and shows every pin', async () => {
  // It asks for what is newer than the oldest it has seen, and so shows most pins many times, at every correct service.
  const rows = await collect(pins.ls({ signal: signal() }))
  const names = [`helia ${run}`, ...Array.from({ length: 25 }, (_, i) => `series-${i}`)]
  assert.deepEqual([...new Set(rows.map((row) => row.name))].sort(), names.sort())
})
await step('setMetadata replaces the metadata of the pin and keeps the rest', async () => {
  await pins.setMetadata(mine, { by: 'helia', shelf: '3' })
  const now = await eventually('the replaced pin is pinned', () => pins.get(mine).catch((e) => {
    if (e.name !== 'NotFoundError') throw e
  }))
  assert.deepEqual({ ...now.metadata }, { by: 'helia', shelf: '3' })
  const left = await client.pinsGet({ cid: [mine.toString()], status: EVERY })
  assert.deepEqual([...left.results].map((one) => one.pin.name), [`helia ${run}`])
})
await step('rm ends that pin and no other', async () => {
  assert.deepEqual((await collect(pins.rm(mine))).map(String), [mine.toString()])
  assert.equal(await pins.isPinned(mine), false)
  assert.equal((await client.pinsGet({ cid: [mine.toString()], status: EVERY })).count, 0)
  assert.equal((await client.pinsGet(series)).count, 25)
})

console.log(`clients: ${passed}/${steps} passed`)
process.exit(passed === steps ? 0 : 1)
