export APP_CONF_VERSION=v1

greet() {
  echo "hello $1 from $TARGET of $STACK_NAME"
}
