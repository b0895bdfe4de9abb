// What a janitor cannot leave out: the YAML library, the config, a greeting and the same lists from Docker.
// LISTINGS (default 1) times everything is listed, GAPS (default 0) times GAP_MS go by between two of them.
import { readFileSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'

const config = parse(readFileSync(process.env.RECIPE_CI_CONFIG, 'utf8'))
const socketPath = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '')

const ask = path =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, path }, answer => {
      let text = ''
      answer.on('data', piece => (text += piece))
      answer.on('end', () => resolve(text))
    })
    call.on('error', reject).end()
  })

await ask('/_ping')
const lists = [
  '/services',
  '/tasks',
  '/containers/json?all=1',
  '/networks',
  '/volumes',
  '/secrets',
  '/configs',
]
const { LISTINGS = '1', GAPS = '0', GAP_MS = '0' } = process.env
let names = []
for (let listing = 0; listing < Number(LISTINGS); listing++) {
  const answers = await Promise.all(lists.map(ask))
  names = answers.map(text => JSON.parse(text))
}
for (let gap = 0; gap < Number(GAPS); gap++) await sleep(Number(GAP_MS))
process.exitCode = names.length === lists.length && readdirSync(config.lockDir).length >= 0 ? 0 : 1
