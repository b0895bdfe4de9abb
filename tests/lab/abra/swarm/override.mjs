import { behaviour } from '../behaviours.mjs'

/**
 * What abra adds to a recipe's compose files, as one more file: its labels, and the app's environment. It is written
 * as JSON, which is YAML too: a short hash such as 095609e4 stays a text, and so does every other value.
 */
export function overrideFile(compose, { app, env, version, chaos }) {
  const services = {}
  for (const [name, service] of Object.entries(compose.services)) {
    const labels = touches('LABELS', name) ? abraLabels(compose, { app, version, chaos }) : {}
    const environment = touches('EXPOSE_ENV', name) ? exposed(service, { app, env, version }) : {}
    services[name] = { deploy: { labels: literal(labels) }, environment: literal(environment) }
  }
  const head = compose.version === undefined ? {} : { version: String(compose.version) }
  return JSON.stringify({ ...head, services })
}

function touches(name, service) {
  const form = behaviour(name)
  return form === 'every' || (form === 'app' && service === 'app')
}

/** In a chaos deploy the version label keeps the value that stands in the compose file. */
function abraLabels(compose, { app, version, chaos }) {
  const prefix = `coop-cloud.${app.stack}`
  const published = chaos ? compose.services['app']?.labels[`${prefix}.version`] : version
  return {
    [`${prefix}.recipe`]: app.recipe,
    [`${prefix}.chaos`]: String(chaos),
    ...(chaos ? { [`${prefix}.chaos-version`]: version } : {}),
    ...(published === undefined ? {} : { [`${prefix}.version`]: published }),
  }
}

/** Every value of the .env that the service does not set itself; TYPE with the version that is deployed. */
function exposed(service, { app, env, version }) {
  const typed = { ...env, [env['RECIPE'] ? 'RECIPE' : 'TYPE']: `${app.recipe}:${version}` }
  return Object.fromEntries(
    Object.entries(typed).filter(([name]) => !Object.hasOwn(service.environment, name)),
  )
}

/** Nothing in these values is to be filled in again. */
const literal = values =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value.replaceAll('$', '$$$$')]),
  )
