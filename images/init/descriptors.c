#include "descriptors.h"

#include <sys/socket.h>

#define DESCRIPTORS_MOST 8

/* Space for a control message with this many descriptors, aligned as the kernel requires. */
union ancillary {
    char bytes[CMSG_SPACE(DESCRIPTORS_MOST * sizeof(int))];
    struct cmsghdr align;
};

bool descriptors_send(int to, const void *bytes, size_t size, const int *fds, int count) {
    union ancillary ancillary = {0};
    struct iovec data = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = ancillary.bytes};
    message.msg_controllen = (__typeof__(message.msg_controllen))CMSG_SPACE((size_t)count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    header->cmsg_len = (__typeof__(header->cmsg_len))CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, (size_t)count * sizeof(int));
    return sendmsg(to, &message, MSG_NOSIGNAL) == (ssize_t)size;
}

/* This macro fails -Wsign-conversion in some C libraries. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
static struct cmsghdr *next(struct msghdr *message, struct cmsghdr *header) { return CMSG_NXTHDR(message, header); }
#pragma GCC diagnostic pop

ssize_t descriptors_receive(int from, void *bytes, size_t most, int *fds, int wanted) {
    union ancillary ancillary = {0};
    struct iovec data = {.iov_base = bytes, .iov_len = most};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = ancillary.bytes};
    message.msg_controllen = sizeof ancillary.bytes;
    ssize_t size = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    int count = 0;
    for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); size >= 0 && each != NULL; each = next(&message, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
        for (size_t at = 0; CMSG_LEN((at + 1) * sizeof(int)) <= each->cmsg_len; at++) {
            int fd;
            memcpy(&fd, CMSG_DATA(each) + at * sizeof fd, sizeof fd);
            if (count < wanted) fds[count] = fd;
            else close(fd);
            count++;
        }
    }
    if (size >= 0 && count == wanted) return size;
    for (int i = 0; i < count && i < wanted; i++) close(fds[i]);
    return -1;
}
