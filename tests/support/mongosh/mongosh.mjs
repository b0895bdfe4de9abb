// A stand-in for mongosh where no MongoDB can be had: takes its arguments, asks for the password that RCI_TEST_PASSWORD
// holds, and evaluates the same JavaScript over collections that lie in the JSON file RCI_TEST_STORE.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runInNewContext } from 'node:vm'

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quiet: { type: 'boolean' },
    eval: text,
    authenticationDatabase: text,
    username: { ...text, short: 'u' },
    password: { ...text, short: 'p' },
  },
})
const { RCI_TEST_PASSWORD: password, RCI_TEST_STORE: file } = process.env
if (password && values.password !== password) {
  console.error('MongoServerError: Authentication failed.')
  process.exit(1)
}
const store = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
const database = (store[positionals[0]] ??= {})
const matches = query => row => Object.entries(query).every(([key, value]) => row[key] === value)
const byKeys = keys => (a, b) =>
  keys.map(key => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0)).find(Boolean) ?? 0

const collection = name => ({
  drop: () => delete database[name],
  insertMany: rows => (database[name] ??= []).push(...rows),
  updateOne: (query, { $set }) =>
    Object.assign((database[name] ?? []).find(matches(query)) ?? {}, $set),
  deleteMany: query =>
    (database[name] = (database[name] ?? []).filter(row => !matches(query)(row))),
  find: () => ({ sort: keys => [...(database[name] ?? [])].sort(byKeys(Object.keys(keys))) }),
})
const names = Object.keys(store).filter(name => Object.keys(store[name]).length > 0)
const db = new Proxy(
  {},
  {
    get: (_, name) =>
      name === 'getMongo'
        ? () => ({ getDBNames: () => ['admin', 'config', 'local', ...names] })
        : collection(name),
  },
)
const result = runInNewContext(values.eval, { db, print: line => console.log(line) })
if (result !== undefined) console.log(result)
writeFileSync(file, JSON.stringify(store))
