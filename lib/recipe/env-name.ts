/** A name that an env file can give a value to. */
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
