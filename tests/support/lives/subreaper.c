/* subreaper CMD...: starts CMD and adopts its orphans, as a service manager does that is not pid 1. */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  (void)argc;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (fork() == 0) {
    execvp(argv[1], argv + 1);
    return 1;
  }
  while (wait(NULL) > 0) continue;
  return 0;
}
