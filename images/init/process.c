#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "cgroup.h"
#include "handover.h"
#include "output.h"
#include "protocol.h"

enum { VERDICT = OUTPUT_STREAMS, PIPES };

/* Lambda's limit of open files. The engine is asked to set it, too, but rootless Podman sets its user's limit. */
static const struct rlimit open_files = {1024, 1024};

struct process {
    struct process *next;
    pid_t pid;
    bool ended, killed, out_of_memory;
    int status;
    int verdict; /* a pipe that exec closes; if the child fails before, it writes step and errno to it */
    uint64_t oom_kills; /* the kernel's count at this start */
    char name[];
};

static struct process *processes;
static bool frozen, clearing; /* clearing: everything was killed, but some memory is not freed yet */

/* Like execvp, but without its fallback to a shell for files in an unknown format, as on Lambda. */
static void execute(char *const arguments[]) {
    const char *name = arguments[0], *path = getenv("PATH");
    char full[4096];
    int reason = ENOENT;
    if (strchr(name, '/') != NULL) {
        execve(name, arguments, environ);
        return;
    }
    for (path = path != NULL ? path : "/bin:/usr/bin"; name[0] != '\0'; path++) {
        size_t length = strcspn(path, ":");
        if (snprintf(full, sizeof full, "%.*s%s%s", (int)length, path, length > 0 ? "/" : "", name) < (int)sizeof full) {
            execve(full, arguments, environ);
            if (errno != ENOENT && errno != ENOTDIR) reason = errno;
        }
        path += length;
        if (*path == '\0') break;
    }
    errno = reason;
}

/* Runs in the child, which inherits only its pipes from the init. */
static _Noreturn void become(const struct start *start, const int ends[PIPES]) {
    sigset_t none;
    int verdict[2] = {START_STEP_COMMAND, 0};
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigemptyset(&none);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max > open_files.rlim_max)
        setrlimit(RLIMIT_NOFILE, &open_files);
    bool ready = sigprocmask(SIG_SETMASK, &none, NULL) == 0 && setsid() >= 0 &&
                 dup2(ends[STDOUT], STDOUT_FILENO) >= 0 && dup2(ends[STDERR], STDERR_FILENO) >= 0 &&
                 (ends[TELEMETRY] < 0 || dup2(ends[TELEMETRY], TELEMETRY_FD) >= 0);
    if (ready && chdir(start->folder) < 0) {
        verdict[0] = START_STEP_WORKING_DIRECTORY;
    } else if (ready) {
        environ = start->environment; /* execvp searches its PATH */
        execute(start->arguments);
    }
    verdict[1] = errno;
    bool found = strchr(start->arguments[0], '/') != NULL && access(start->arguments[0], F_OK) == 0;
    if (verdict[0] == START_STEP_COMMAND && verdict[1] == ENOENT && found) verdict[0] = START_STEP_INTERPRETER;
    _exit(write(ends[VERDICT], verdict, sizeof verdict) < 0 ? 126 : 127);
}

/* Returns the child's pid, or -1 with errno. `reading` receives the read ends of its pipes, -1 for a pipe that is
   not wanted. */
static pid_t launch(const struct start *start, int reading[PIPES]) {
    int writing[PIPES], reason = 0;
    pid_t pid = -1;
    for (int i = 0; i < PIPES; i++) {
        int pair[2] = {-1, -1};
        bool wanted = (i != TELEMETRY || start->telemetry) && !(start->direct && i < OUTPUT_STREAMS);
        if (wanted && reason == 0 && pipe2(pair, O_CLOEXEC) < 0) reason = errno;
        if (pair[0] >= 0) require(fcntl(pair[0], F_SETFL, O_NONBLOCK), "flags of a pipe"); /* for this end only */
        reading[i] = pair[0];
        writing[i] = pair[1];
    }
    if (reason == 0 && (pid = fork()) < 0) reason = errno;
    if (pid == 0) {
        for (int i = 0; start->direct && i < OUTPUT_STREAMS; i++)
            if (i != TELEMETRY || start->telemetry) writing[i] = handed_end(i);
        become(start, writing);
    }
    for (int i = 0; i < PIPES; i++) {
        if (writing[i] >= 0) close(writing[i]);
        if (pid < 0 && reading[i] >= 0) close(reading[i]);
    }
    errno = reason;
    return pid;
}

bool process_start(const struct start *start) {
    if (clearing) return false;
    int reading[PIPES];
    uint64_t oom_kills = cgroup_oom_kills();
    pid_t pid = launch(start, reading);
    if (pid < 0) {
        send_start_failed(start->name, START_STEP_COMMAND, (uint32_t)errno);
        return true;
    }
    struct process *process = allocate(sizeof *process + strlen(start->name) + 1);
    strcpy(process->name, start->name);
    process->pid = pid;
    process->verdict = reading[VERDICT];
    process->oom_kills = oom_kills;
    process->next = processes;
    processes = process;
    frozen = false;
    static const uint8_t streams[] = {STREAM_STDOUT, STREAM_STDERR, STREAM_TELEMETRY};
    for (int i = TELEMETRY; i >= STDOUT; i--) /* the loop reads the last opened pipe first */
        if (reading[i] >= 0) output_open(reading[i], streams[i], start->name);
    return true;
}

static void signal_group(pid_t pid, int number) {
    if (kill(-pid, number) < 0) kill(pid, number); /* the child may not have created its group yet */
}

void process_signal(const char *name, int number) {
    for (struct process *each = processes; each != NULL; each = each->next) {
        if (each->ended || strcmp(each->name, name) != 0) continue;
        if (number == SIGKILL) each->killed = true;
        signal_group(each->pid, number);
        if (number != SIGTERM) continue;
        signal_group(each->pid, SIGCONT); /* a stopped process would not receive the signal */
        frozen = false;
    }
}

static void signal_all(int number) {
    /* For PID 1 of a sandbox, -1 means the whole sandbox at once, so that no fork escapes. Otherwise it would be the
       whole machine. */
    if (getpid() == 1) {
        kill(-1, number);
    } else {
        for (struct process *each = processes; each != NULL; each = each->next)
            if (!each->ended) signal_group(each->pid, number);
    }
}

void processes_freeze(void) {
    signal_all(SIGSTOP);
    frozen = true;
}

void processes_thaw(void) {
    signal_all(SIGCONT);
    frozen = false;
}

bool processes_frozen(void) { return frozen; }

bool processes_living(void) {
    struct process *each = processes;
    while (each != NULL && each->ended) each = each->next;
    return each != NULL;
}

/* Whether the process or thread of this folder in /proc can run now. `threads` receives its number of threads. */
static bool can_run(const char *folder, unsigned long *threads) {
    char path[64], text[512];
    snprintf(path, sizeof path, "%s/stat", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    text[size > 0 ? size : 0] = '\0';
    char state = 0;
    const char *name_end = strrchr(text, ')'); /* a name may contain anything, but no parenthesis follows it */
    if (name_end == NULL ||
        sscanf(name_end + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %lu", &state, threads) < 2)
        return false;
    return state == 'R' || state == 'S';
}

/* All threads of a process stop and continue together, so one shows the state. The first may have exited. */
static bool process_can_run(long pid) {
    char folder[64];
    unsigned long threads = 1, of_thread;
    snprintf(folder, sizeof folder, "/proc/%ld", pid);
    if (can_run(folder, &threads)) return true;
    if (threads < 2) return false;
    bool found = false;
    strcat(folder, "/task");
    DIR *tasks = opendir(folder);
    for (struct dirent *entry; tasks != NULL && !found && (entry = readdir(tasks)) != NULL;) {
        char task[64];
        long id = strtol(entry->d_name, NULL, 10);
        if (id <= 0) continue;
        snprintf(task, sizeof task, "/proc/%ld/task/%ld", pid, id);
        found = can_run(task, &of_thread);
    }
    if (tasks != NULL) closedir(tasks);
    return found;
}

static bool any_can_run(void) {
    if (getpid() != 1) {
        for (struct process *each = processes; each != NULL; each = each->next)
            if (!each->ended && process_can_run(each->pid)) return true;
        return false;
    }
    bool found = false;
    DIR *all = opendir("/proc");
    for (struct dirent *entry; all != NULL && !found && (entry = readdir(all)) != NULL;) {
        long pid = strtol(entry->d_name, NULL, 10);
        found = pid > 1 && process_can_run(pid);
    }
    if (all != NULL) closedir(all);
    return found;
}

bool processes_stop_running(void) {
    if (!any_can_run()) return false;
    signal_all(SIGSTOP);
    return true;
}

static bool nothing_left(void) {
    siginfo_t info;
    if (getpid() != 1) return !processes_living();
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD) return false;
    return kill(-1, 0) < 0 && errno == ESRCH; /* counts processes that the engine put here, too */
}

bool processes_reset(void) {
    for (struct process *each = processes; each != NULL; each = each->next) each->killed = true;
    signal_all(SIGKILL);
    frozen = false;
    processes_reap();
    return nothing_left() && outputs_drain() && processes_settle();
}

void processes_kill(bool out_of_memory) {
    for (struct process *each = processes; each != NULL; each = each->next) {
        each->killed = true;
        each->out_of_memory = out_of_memory;
    }
    signal_all(SIGKILL);
    clearing = true;
}

void processes_quit(void) {
    signal_all(SIGKILL);
    exit(0);
}

void processes_reap(void) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        /* PID 1 also inherits orphans, which it does not report. */
        for (struct process *each = processes; each != NULL; each = each->next) {
            if (each->ended || each->pid != pid) continue;
            bool sigkill = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
            bool by_kernel = !each->killed && cgroup_oom_kills() > each->oom_kills;
            each->out_of_memory = sigkill && (each->out_of_memory || by_kernel);
            each->status = status;
            each->ended = true;
        }
    }
}

static void report(const struct process *process) {
    int verdict[2], status = process->status;
    if (read(process->verdict, verdict, sizeof verdict) == sizeof verdict) {
        send_start_failed(process->name, (uint8_t)verdict[0], (uint32_t)verdict[1]);
    } else {
        int value = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
        send_exited(process->name, WIFEXITED(status) ? EXIT_KIND_CODE : EXIT_KIND_SIGNAL, (uint8_t)value,
                    process->out_of_memory ? EXIT_FLAG_OUT_OF_MEMORY : 0);
    }
}

bool processes_settle(void) {
    bool drained = false;
    if (clearing && !nothing_left()) return false;
    clearing = false;
    for (struct process **link = &processes; *link != NULL;) {
        struct process *each = *link;
        if (!each->ended) {
            link = &each->next;
            continue;
        }
        if (!drained && !(drained = outputs_drain())) return false;
        report(each);
        close(each->verdict);
        *link = each->next;
        free(each);
    }
    return true;
}
