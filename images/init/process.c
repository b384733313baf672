#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "init.h"

#define TELEMETRY_FD 62

enum { VERDICT = OUTPUT_STREAMS, PIPES };
enum { STEP_FOLDER = 1, STEP_COMMAND = 2 };

struct process {
    struct process *next;
    pid_t pid;
    bool ended, killed, out_of_memory;
    int status;
    int verdict; /* a pipe that exec closes; a child that does not come so far writes step and errno into it */
    uint64_t oom_kills; /* of the kernel, when this one was started */
    char name[];
};

static struct process *processes;
static bool frozen, clearing; /* clearing: everything was killed, and what it held is not all given back yet */

/* The child's part: nothing of ours goes along but the pipes. */
static _Noreturn void become(const struct start *start, const int ends[PIPES]) {
    sigset_t none;
    int verdict[2] = {STEP_FOLDER, 0};
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    dup2(ends[STDOUT], STDOUT_FILENO);
    dup2(ends[STDERR], STDERR_FILENO);
    if (ends[TELEMETRY] >= 0) dup2(ends[TELEMETRY], TELEMETRY_FD);
    if (chdir(start->folder) == 0) {
        verdict[0] = STEP_COMMAND;
        environ = start->environment; /* its PATH is where the command is looked for */
        execvp(start->arguments[0], start->arguments);
    }
    verdict[1] = errno;
    _exit(write(ends[VERDICT], verdict, sizeof verdict) < 0 ? 126 : 127);
}

/* The pid of the child, or -1 with errno; `reading` gets our ends of its pipes, -1 for one that is not wanted. */
static pid_t launch(const struct start *start, int reading[PIPES]) {
    int writing[PIPES], reason = 0;
    pid_t pid = -1;
    for (int i = 0; i < PIPES; i++) {
        int pair[2] = {-1, -1};
        bool wanted = (i != TELEMETRY || start->telemetry) && !(start->direct && i < OUTPUT_STREAMS);
        if (wanted && reason == 0 && pipe2(pair, O_CLOEXEC) < 0) reason = errno;
        if (pair[0] >= 0) fcntl(pair[0], F_SETFL, O_NONBLOCK); /* ours alone: the other end has its own flags */
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

static void tell_start_failed(const char *name, int step, int reason) { frame_send('P', "s14", name, step, reason); }

bool process_start(const struct start *start) {
    if (clearing) return false;
    int reading[PIPES];
    uint64_t oom_kills = memory_oom_kills();
    pid_t pid = launch(start, reading);
    if (pid < 0) {
        tell_start_failed(start->name, STEP_COMMAND, errno);
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
    for (int i = TELEMETRY; i >= STDOUT; i--) /* the last to be opened is the first to be read */
        if (reading[i] >= 0) output_open(reading[i], (uint8_t)(i + 1), start->name);
    return true;
}

static void signal_group(pid_t pid, int number) {
    if (kill(-pid, number) < 0) kill(pid, number); /* until the child has made its group there is just itself */
}

void process_signal(const char *name, int number) {
    for (struct process *each = processes; each != NULL; each = each->next) {
        if (each->ended || strcmp(each->name, name) != 0) continue;
        if (number == SIGKILL) each->killed = true;
        signal_group(each->pid, number);
        if (number != SIGTERM) continue;
        signal_group(each->pid, SIGCONT); /* a stopped process would not hear of it */
        frozen = false;
    }
}

static void signal_all(int number) {
    /* As PID 1 of a sandbox, -1 means the sandbox, at one blow, so that nothing can fork itself out of it. Anywhere
       else it would mean the whole machine. */
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
    memory_thawed();
}

static bool any_living(void) {
    struct process *each = processes;
    while (each != NULL && each->ended) each = each->next;
    return each != NULL;
}

bool processes_running(void) { return !frozen && any_living(); }

static bool nothing_left(void) {
    siginfo_t info;
    if (getpid() != 1) return !any_living();
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD) return false;
    return kill(-1, 0) < 0 && errno == ESRCH; /* those that an engine put in here are nobody's children */
}

bool processes_reset(void) {
    for (struct process *each = processes; each != NULL; each = each->next) each->killed = true;
    signal_all(SIGKILL);
    frozen = false;
    processes_reap();
    return nothing_left() && outputs_drain() && processes_settle();
}

void processes_out_of_memory(void) {
    for (struct process *each = processes; each != NULL; each = each->next) each->out_of_memory = true;
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
        /* As PID 1 we inherit orphans too: the function started them, and nobody asks for them. */
        for (struct process *each = processes; each != NULL; each = each->next) {
            if (each->ended || each->pid != pid) continue;
            bool sigkill = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
            bool by_kernel = !each->killed && memory_oom_kills() > each->oom_kills;
            each->out_of_memory = sigkill && (each->out_of_memory || by_kernel);
            each->status = status;
            each->ended = true;
        }
    }
}

static void tell(const struct process *process) {
    int verdict[2];
    if (read(process->verdict, verdict, sizeof verdict) == sizeof verdict) {
        tell_start_failed(process->name, verdict[0], verdict[1]);
    } else {
        unsigned exited = WIFEXITED(process->status);
        unsigned value = (unsigned)(exited ? WEXITSTATUS(process->status) : WTERMSIG(process->status));
        frame_send('X', "s111", process->name, !exited, value, (unsigned)process->out_of_memory);
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
        tell(each);
        close(each->verdict);
        *link = each->next;
        free(each);
    }
    return true;
}
