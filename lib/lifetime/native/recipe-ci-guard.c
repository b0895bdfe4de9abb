/*
 * recipe-ci-guard: ties a process to the life of the one that started it.
 *
 *   --signal TERM|KILL --parent PID -- CMD...
 *       Becomes CMD, which gets the signal when its parent dies. The parent is compared with PID after arming,
 *       so a parent that died in between is noticed. A parent 0 lies outside our PID namespace: accepted.
 *   --signal KILL --parent PID --group [--pty] [--fd3] -- CMD...
 *       Stays as leader of CMD's process group and session. When the parent dies, however, it SIGKILLs the group
 *       and every other descendant, itself last. It ends as CMD ends, and nothing that CMD started outlives it.
 *       SIGUSR2 from the parent: SIGKILL to all descendants now. --pty gives CMD a pseudo-terminal as its standard
 *       streams, relayed from stdin and to stdout. CMD inherits no descriptor above 2, with --fd3 none above 3.
 *   --watch PID --after MS --answer MS --teardown MS [--step PID]
 *       The deadline's backstop, for a parent whose event loop is stuck. After --after it sends SIGALRM; without an
 *       answer (a byte on stdin: "teardown began") within --answer, SIGKILL. A byte at any time: SIGKILL --teardown
 *       later. It dies with the parent. --step names the parent's own parent, if that is bin/step: it gets SIGALRM
 *       before a KILL that no teardown preceded, so that it can tell an overdue run from one that somebody killed.
 *
 * Exit: as CMD (same code, same signal); 1 with a line on stderr when CMD could not be started.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 50, COLUMNS = 160, CHUNK = 4096, ENDS_OF_FILE = 64, SWEEP_MS = 2000, DRAIN_MS = 5000 };

static struct {
  int signal;
  pid_t parent;
  bool group, pty, fd3;
  pid_t watch, step;
  long after, answer, teardown;
  char **command;
} options;

static void die(const char *format, ...) {
  char line[512];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(line, sizeof line - 1, format, values);
  va_end(values);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length] = '\n';
  dprintf(2, "recipe-ci-guard: %.*s", length + 1, line);
  exit(1);
}

static long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000L + time.tv_nsec / 1000000L;
}

/* Arms first and compares then: whichever way the parent's death falls, one of the two sees it. */
static void arm(int signal, pid_t expected) {
  if (prctl(PR_SET_PDEATHSIG, signal) != 0) die("Cannot arm the parent-death signal: %s", strerror(errno));
  pid_t parent = getppid();
  if (parent != 0 && parent != expected)
    die("Cannot run without the process that started this: %d has ended, the parent is %d now", expected, parent);
}

static void close_from(int first, int last) {
  if (first > last || syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0) == 0) return;
  long limit = sysconf(_SC_OPEN_MAX);
  for (int fd = first; fd <= last && fd < limit; fd++) close(fd);
}

static void point_at_null(int first, int last) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = first; null >= 0 && fd <= last; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

/* ---- the child and all that descends from it ---- */

static pid_t child;
static int child_status;
static bool child_ended;

/* Collects the dead. False when no child of ours is left, dead or alive. */
static bool reap(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid != child) continue;
    child_status = status;
    child_ended = true;
  }
  return pid == 0;
}

static pid_t parent_of(const char *pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return -1;
  text[length] = 0;
  char *name_end = strrchr(text, ')'); /* the name may hold anything, blanks and brackets too */
  int parent = -1;
  if (name_end == NULL || sscanf(name_end + 1, " %*c %d", &parent) != 1) return -1;
  return parent;
}

/* Direct children only: their ids cannot be reused before we reap them, so no stranger is ever hit. */
static void kill_children(void) {
  DIR *processes = opendir("/proc");
  struct dirent *entry;
  while (processes != NULL && (entry = readdir(processes)) != NULL)
    if (isdigit((unsigned char)entry->d_name[0]) && parent_of(entry->d_name) == getpid())
      kill(atoi(entry->d_name), SIGKILL);
  if (processes != NULL) closedir(processes);
}

/* We are the subreaper: the children of a killed child become ours, so each round reaches one generation. */
static void sweep(void) {
  const struct timespec pause = {0, 2000000};
  for (long end = now_ms() + SWEEP_MS; reap() && now_ms() < end; nanosleep(&pause, NULL)) kill_children();
}

static void end_as_child_did(void) {
  if (WIFEXITED(child_status)) _exit(WEXITSTATUS(child_status));
  int signal_number = WTERMSIG(child_status);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal_number);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  signal(signal_number, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  raise(signal_number);
  _exit(1);
}

/* ---- signals: all blocked, three read from a descriptor, the rest ignored so that only CMD gets them ---- */

static int death_signal(void) { return SIGRTMIN; }

static int open_signals(void) {
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGCHLD);
  sigaddset(&heard, SIGUSR2);
  sigaddset(&heard, death_signal());
  int fd = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) die("Cannot listen for signals: %s", strerror(errno));
  return fd;
}

static void hear(int signals) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) == sizeof info) {
    if ((int)info.ssi_signo == death_signal()) {
      /* Also sent when a mere thread of the parent ends: then the parent is still there. */
      if (getppid() != 0 && getppid() == options.parent) continue;
      sweep();
      kill(0, SIGKILL);
    } else if (info.ssi_signo == SIGUSR2) {
      if ((pid_t)info.ssi_pid == options.parent) sweep();
    }
  }
  reap();
}

/* ---- the pseudo-terminal ---- */

static int open_terminal(int *slave) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[64];
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof name) != 0 ||
      (*slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
    die("Cannot open a pseudo-terminal: %s", strerror(errno));
  struct termios modes;
  tcgetattr(*slave, &modes);
  modes.c_oflag &= ~(tcflag_t)OPOST; /* a log wants no carriage returns */
  modes.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
  tcsetattr(*slave, TCSANOW, &modes);
  ioctl(*slave, TIOCSWINSZ, &(struct winsize){.ws_row = ROWS, .ws_col = COLUMNS});
  if (ioctl(*slave, TIOCSCTTY, 0) != 0) die("Cannot take the pseudo-terminal: %s", strerror(errno));
  tcsetpgrp(*slave, getpgrp());
  fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
  return master;
}

typedef struct {
  char bytes[CHUNK];
  ssize_t start, end;
} Buffer;

/* Never blocks: poll said that the reader takes at least one chunk if it is a pipe. */
static void pour(Buffer *buffer, int to) {
  ssize_t length = send(to, buffer->bytes + buffer->start, (size_t)(buffer->end - buffer->start), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (length < 0 && errno == ENOTSOCK) length = write(to, buffer->bytes + buffer->start, (size_t)(buffer->end - buffer->start));
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length < 0) length = buffer->end - buffer->start; /* the reader is gone: CMD goes on without one */
  buffer->start += length;
  if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
}

/*
 * At the end of stdin CMD reads ends of file, as from a person's Control-D: a prompt ends, it does not hang. Each one
 * serves one read only, so there are some in store.
 */
static bool fill_from_stdin(Buffer *buffer) {
  ssize_t length = read(0, buffer->bytes, sizeof buffer->bytes);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (length <= 0) memset(buffer->bytes, 4, ENDS_OF_FILE);
  buffer->end = length > 0 ? length : ENDS_OF_FILE;
  return length > 0;
}

static void relay(int signals, int master) {
  static Buffer output, input;
  bool stdin_open = true, master_open = true, swept = false;
  while (!child_ended || master_open || output.end > 0) {
    bool idle_input = input.end == 0, idle_output = output.end == 0;
    struct pollfd fds[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = master_open ? master : -1, .events = (short)((idle_output ? POLLIN : 0) | (idle_input ? 0 : POLLOUT))},
        {.fd = idle_output ? -1 : 1, .events = POLLOUT},
        {.fd = stdin_open && idle_input && !child_ended ? 0 : -1, .events = POLLIN},
    };
    if (!idle_output && idle_input) fds[1].fd = -1; /* a hang-up would be reported over and over */
    int ready = poll(fds, 4, child_ended ? DRAIN_MS : -1);
    if (ready == 0 && child_ended && idle_output) break; /* something unkillable holds the terminal */
    if (fds[0].revents) hear(signals);
    if (fds[2].revents) pour(&output, 1);
    if (fds[3].revents) stdin_open = fill_from_stdin(&input);
    if (input.end > 0 && (fds[1].revents & (POLLOUT | POLLHUP))) pour(&input, master);
    if (idle_output && (fds[1].revents & (POLLIN | POLLHUP))) {
      ssize_t length = read(master, output.bytes, sizeof output.bytes);
      if (length > 0) output.end = length;
      else if (length == 0 || (errno != EAGAIN && errno != EINTR)) master_open = false;
    }
    if (child_ended && !swept) sweep(); /* whoever else holds the terminal would keep it open */
    swept = child_ended;
  }
}

/* ---- the modes ---- */

static void become_command(int failure) {
  execvp(options.command[0], options.command);
  int error = errno;
  if (failure >= 0 && write(failure, &error, sizeof error) == sizeof error) _exit(1);
  die("Cannot start \"%s\": %s", options.command[0], strerror(error));
}

static void start_child(const sigset_t *mask, int slave) {
  int failure[2], error;
  pid_t guard = getpid();
  if (pipe2(failure, O_CLOEXEC) != 0) die("Cannot open a pipe: %s", strerror(errno));
  child = fork();
  if (child < 0) die("Cannot start \"%s\": %s", options.command[0], strerror(errno));
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guard) _exit(1);
    for (int fd = 0; slave >= 0 && fd <= 2; fd++) dup2(slave, fd);
    int first = options.fd3 ? 4 : 3;
    close_from(first, failure[1] - 1);
    close_from(failure[1] >= first ? failure[1] + 1 : first, ~0U >> 1);
    sigprocmask(SIG_SETMASK, mask, NULL);
    become_command(failure[1]);
  }
  close(failure[1]);
  if (read(failure[0], &error, sizeof error) == sizeof error)
    die("Cannot start \"%s\": %s", options.command[0], strerror(error));
  close(failure[0]);
}

static void guard_group(void) {
  sigset_t all, mask;
  signal(SIGCHLD, SIG_DFL);
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &mask);
  arm(death_signal(), options.parent);
  if (getpgrp() != getpid() || options.pty) setsid();
  if (getpgrp() != getpid()) die("Cannot lead a process group: %s", strerror(errno));
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int slave = -1, master = options.pty ? open_terminal(&slave) : -1;
  start_child(&mask, slave);
  const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  /* Only CMD holds its streams and descriptor 3: a lock on it is CMD's, and an end of file means CMD's end. */
  close_from(3, master - 1);
  close_from(master >= 0 ? master + 1 : 3, ~0U >> 1);
  point_at_null(master >= 0 ? 2 : 0, 2);
  int signals = open_signals();
  if (master >= 0) relay(signals, master);
  else
    for (struct pollfd fd = {.fd = signals, .events = POLLIN}; !child_ended; hear(signals)) poll(&fd, 1, -1);
  sweep();
  end_as_child_did();
}

static void strike(int signal) {
  if (getppid() != options.watch) _exit(0);
  kill(options.watch, signal);
}

/* Nobody but the very process that waits for the parent: a stranger would die of the signal. */
static void tell_step(void) {
  char parent[16];
  snprintf(parent, sizeof parent, "%d", options.watch);
  if (options.step > 1 && parent_of(parent) == options.step) kill(options.step, SIGALRM);
}

static void watch(void) {
  const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  arm(SIGKILL, options.watch);
  bool warned = false, answered = false;
  struct pollfd input = {.fd = 0, .events = POLLIN};
  long due = now_ms() + options.after;
  for (;;) {
    long left = due - now_ms();
    if (left > 0) {
      char bytes[64];
      if (poll(&input, 1, left > 60000 ? 60000 : (int)left) <= 0) continue;
      if (read(0, bytes, sizeof bytes) <= 0) input.fd = -1;
      else if (!answered) {
        answered = true;
        due = now_ms() + options.teardown;
      }
    } else if (!warned && !answered) {
      warned = true;
      strike(SIGALRM);
      due += options.answer;
    } else {
      if (!answered) tell_step();
      strike(SIGKILL);
      _exit(0);
    }
  }
}

static long number(const char *name, const char *text) {
  char *end;
  errno = 0;
  long value = text == NULL ? -1 : strtol(text, &end, 10);
  if (text == NULL || *text == 0 || *end != 0 || errno != 0 || value < 0) die("%s wants a number, not \"%s\"", name, text == NULL ? "" : text);
  return value;
}

static int signal_named(const char *text) {
  if (text != NULL && strcmp(text, "TERM") == 0) return SIGTERM;
  if (text != NULL && strcmp(text, "KILL") == 0) return SIGKILL;
  die("--signal wants TERM or KILL");
  return 0;
}

static bool flag(const char *name) {
  bool *flags[] = {&options.group, &options.pty, &options.fd3};
  const char *names[] = {"--group", "--pty", "--fd3"};
  for (int i = 0; i < 3; i++)
    if (strcmp(name, names[i]) == 0) return *flags[i] = true;
  return false;
}

static void parse(char **argv) {
  options.after = options.answer = options.teardown = options.parent = -1;
  for (argv++; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
    const char *name = *argv;
    if (flag(name)) continue;
    const char *value = *++argv;
    if (strcmp(name, "--signal") == 0) options.signal = signal_named(value);
    else if (strcmp(name, "--parent") == 0) options.parent = (pid_t)number(name, value);
    else if (strcmp(name, "--watch") == 0) options.watch = (pid_t)number(name, value);
    else if (strcmp(name, "--step") == 0) options.step = (pid_t)number(name, value);
    else if (strcmp(name, "--after") == 0) options.after = number(name, value);
    else if (strcmp(name, "--answer") == 0) options.answer = number(name, value);
    else if (strcmp(name, "--teardown") == 0) options.teardown = number(name, value);
    else die("unknown option \"%s\"", name);
  }
  options.command = *argv == NULL ? NULL : argv + 1;
}

int main(int argc, char **argv) {
  (void)argc;
  // Started by its descriptor it would bear that number.
  prctl(PR_SET_NAME, "recipe-ci-guard");
  parse(argv);
  if (options.watch > 0) {
    if (options.after < 0 || options.answer < 0 || options.teardown < 0) die("--watch wants --after, --answer and --teardown");
    watch();
  }
  if (options.signal == 0 || options.parent < 0 || options.command == NULL || *options.command == NULL)
    die("usage: recipe-ci-guard --signal TERM|KILL --parent PID [--group [--pty] [--fd3]] -- COMMAND...");
  if (options.pty) options.group = true;
  if (options.group) guard_group();
  arm(options.signal, options.parent);
  become_command(-1);
}
