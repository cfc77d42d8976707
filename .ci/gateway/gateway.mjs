// Reads through a running broker's gateway with real clients, as .ci/interop/gateway starts it, and checks every answer.
//   PINFOLD_CLIENTS    the folder in which the packages are installed, with its load.mjs
//   PINFOLD_ENDPOINT   the broker
//   PINFOLD_TREE, PINFOLD_FOLDER   a CID of a tree that the broker holds, and the folder it was made of
// Prints a line per step and at last "clients: N/N passed"; exits with 1 unless all of them did.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { register } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { PINFOLD_CLIENTS: packages, PINFOLD_ENDPOINT: endpoint, PINFOLD_TREE: tree, PINFOLD_FOLDER: folder } = process.env
if (!packages || !endpoint || !tree || !folder) {
  console.error('needs PINFOLD_CLIENTS, PINFOLD_ENDPOINT, PINFOLD_TREE and PINFOLD_FOLDER; run .ci/interop/gateway')
  process.exit(2)
}
// Node 20 lacks it.
Promise.withResolvers ??= function () {
  const all = {}
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }))
  return all
}
// Scripts of packages are not run, so the native part of WebRTC is not there; HTTP does without it.
register('data:text/javascript,' + encodeURIComponent(`
  export async function resolve (name, context, next) {
    const stub = 'data:text/javascript,export const webRTC = () => {}; export const webRTCDirect = webRTC'
    return name === '@libp2p/webrtc' ? { url: stub, shortCircuit: true } : next(name, context)
  }
`))
const { load } = await import(pathToFileURL(path.join(packages, 'load.mjs')).href)
const { createHelia } = await load('helia')
const { createVerifiedFetch } = await load('@helia/verified-fetch')
const { trustlessGateway } = await load('@helia/block-brokers')
const { httpGatewayRouting } = await load('@helia/routers')

let passed = 0
let steps = 0
async function step (what, body) {
  steps++
  try {
    await body()
    passed++
    console.log(`  ok      ${what}`)
  } catch (e) {
    console.log(`  FAILED  ${what}\n${String(e?.stack ?? e).replace(/^/gm, '          ')}`)
  }
}

function files (under) {
  return readdirSync(under, { recursive: true }).map(String).filter((name) => statSync(path.join(under, name)).isFile())
}

const bytes = async (answer) => Buffer.from(await answer.arrayBuffer())
const url = (name) => name.split('/').map(encodeURIComponent).join('/')

// A node that is never started: it asks this one gateway and nobody else.
const helia = await createHelia({
  start: false,
  libp2p: { start: false, addresses: { listen: [] }, transports: [], peerDiscovery: [], services: {} },
  blockBrokers: [trustlessGateway({ allowInsecure: true, allowLocal: true })],
  routers: [httpGatewayRouting({ gateways: [endpoint] })]
})
const verifiedFetch = await createVerifiedFetch(helia)
const names = files(folder)

await step(`@helia/verified-fetch reads ${names.length} files, block by verified block`, async () => {
  for (const name of names) {
    const answer = await verifiedFetch(`ipfs://${tree}/${url(name)}`, { signal: AbortSignal.timeout(60_000) })
    assert.equal(answer.status, 200, name)
    assert.deepEqual(await bytes(answer), readFileSync(path.join(folder, name)), name)
  }
})

await step('@helia/verified-fetch reads a range', async () => {
  const name = names.find((each) => statSync(path.join(folder, each)).size > 300_000)
  const answer = await verifiedFetch(`ipfs://${tree}/${url(name)}`, { headers: { range: 'bytes=262100-262200' } })
  assert.equal(answer.status, 206)
  assert.deepEqual(await bytes(answer), readFileSync(path.join(folder, name)).subarray(262100, 262201))
})

const scratch = mkdtempSync(path.join(tmpdir(), 'pinfold-gateway-'))
const ipfsCar = (...args) => execFileSync(process.execPath, [path.join(packages, 'node_modules/ipfs-car/bin.js'), ...args], { encoding: 'utf8', timeout: 120_000 })

await step('ipfs-car verifies and unpacks the whole tree', async () => {
  const car = path.join(scratch, 'tree.car')
  writeFileSync(car, await bytes(await fetch(`${endpoint}/ipfs/${tree}?format=car`)))
  assert.equal(ipfsCar('roots', car).trim(), tree)
  assert.ok(ipfsCar('blocks', car).trim().split('\n').length > names.length)
  const output = path.join(scratch, 'unpacked')
  ipfsCar('unpack', car, '--output', output)
  assert.deepEqual(files(output).sort(), [...names].sort())
  for (const name of names) {
    assert.deepEqual(readFileSync(path.join(output, name)), readFileSync(path.join(folder, name)), name)
  }
})

await step('fetch of Node reads every file, whole and in two ranges that meet', async () => {
  for (const name of names) {
    const right = readFileSync(path.join(folder, name))
    const at = `${endpoint}/ipfs/${tree}/${url(name)}`
    assert.deepEqual(await bytes(await fetch(at)), right, name)
    if (right.length > 1) {
      const half = Math.floor(right.length / 2)
      const parts = await Promise.all([`0-${half - 1}`, `${half}-`].map(async (range) => {
        const answer = await fetch(at, { headers: { range: `bytes=${range}` } })
        assert.equal(answer.status, 206)
        return bytes(answer)
      }))
      assert.deepEqual(Buffer.concat(parts), right, name)
    }
  }
})

rmSync(scratch, { recursive: true })
console.log(`clients: ${passed}/${steps} passed`)
process.exit(passed === steps ? 0 : 1)
