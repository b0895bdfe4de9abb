import { register } from 'node:module'

// Node runs the tests of a recipe with --import of this file.
register('./resolve.js', import.meta.url)
