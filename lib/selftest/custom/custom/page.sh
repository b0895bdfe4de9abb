# Takes its time when the self-test wants it to be at work.
sleep "${RECIPE_CI_SELFTEST_LINGER:-0}"
