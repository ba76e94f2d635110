/*
 * A camera made of a file, so that the real capture code can be tested where there is no camera.
 *
 * Preloaded (LD_PRELOAD), it answers /dev/video0 from the file named in GATE_TESTS_CAMERA: one line
 * `YUYV WIDTH HEIGHT` or `MJPG WIDTH HEIGHT`, then the frame as it is. While the program runs:
 *
 *   renaming another file over it   changes the picture (the size has to stay)
 *   unlinking it                    unplugs the camera (ENODEV)
 *   an empty file                   is a camera that stalls: no frame comes, no error either
 *
 * The descriptor is a memfd, so poll and mmap are the kernel's own. ioctl comes through syscall() from the
 * v4l crate and through ioctl() from C programs; both are answered. One device, one opener, one stream.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DEVICE "/dev/video0"
#define FRAMES_PER_SECOND 30
#define MAX_BUFFERS 32
#define MAX_FRAME (1920u * 1080u * 2u)

struct picture {
    ino_t inode;
    struct timespec changed;
    unsigned fourcc, width, height;
    size_t size;
    unsigned char *bytes;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct picture picture;
static int camera_fd = -1;
static unsigned buffer_count, buffer_size, sequence;
static unsigned queue[MAX_BUFFERS], queued;
static int streaming;

static long kernel_ioctl(int fd, unsigned long request, void *argument);

static const char *picture_path(void) { return getenv("GATE_TESTS_CAMERA"); }

static int is_device(const char *path) {
    return path && picture_path() && strcmp(path, DEVICE) == 0;
}

enum look { PLUGGED, STALLED, UNPLUGGED };

/* Reads the file again if it is another one than last time. */
static enum look look_at_picture(void) {
    struct stat now;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, picture_path(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return UNPLUGGED;
    enum look seen = UNPLUGGED;
    if (fstat(fd, &now) == 0) {
        if (now.st_size == 0) {
            seen = STALLED;
        } else if (picture.bytes && now.st_ino == picture.inode &&
                   now.st_mtim.tv_sec == picture.changed.tv_sec &&
                   now.st_mtim.tv_nsec == picture.changed.tv_nsec) {
            seen = PLUGGED;
        } else {
            FILE *file = fdopen(fd, "r");
            char fourcc[5];
            unsigned width, height;
            if (file && fscanf(file, "%4s %u %u", fourcc, &width, &height) == 3 && fgetc(file) == '\n') {
                unsigned char *bytes = malloc(MAX_FRAME);
                size_t size = bytes ? fread(bytes, 1, MAX_FRAME, file) : 0;
                if (size) {
                    free(picture.bytes);
                    picture = (struct picture){now.st_ino, now.st_mtim,
                                               v4l2_fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]),
                                               width, height, size, bytes};
                    seen = PLUGGED;
                }
            }
            if (file) {
                fclose(file);
                return seen;
            }
        }
    }
    syscall(SYS_close, fd);
    return seen;
}

static int open_camera(int flags) {
    pthread_mutex_lock(&lock);
    int fd = -1;
    if (look_at_picture() == UNPLUGGED) {
        errno = ENOENT;
    } else {
        fd = memfd_create("camera", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
        camera_fd = fd;
        buffer_count = queued = sequence = streaming = 0;
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPENS(name)                                                            \
    int name(const char *path, int flags, ...) {                               \
        va_list rest;                                                          \
        va_start(rest, flags);                                                 \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                          \
        if (is_device(path)) return open_camera(flags);                        \
        static int (*real)(const char *, int, ...);                            \
        if (!real) real = dlsym(RTLD_NEXT, #name);                             \
        return real(path, flags, mode);                                        \
    }
OPENS(open)
OPENS(open64)

int close(int fd) {
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd == camera_fd) camera_fd = -1;
    pthread_mutex_unlock(&lock);
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "close");
    return real(fd);
}

/* Whether it is there, as Rust's Path::exists asks. */
int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict found) {
    static int (*real)(int, const char *, int, unsigned, struct statx *);
    if (!real) real = dlsym(RTLD_NEXT, "statx");
    if (!is_device(path)) return real(folder, path, flags, mask, found);
    int answered = real(AT_FDCWD, picture_path(), 0, mask, found);
    if (answered == 0) found->stx_mode = S_IFCHR | 0660;
    return answered;
}

/* A listing of /dev shows the camera last, while it is plugged in. */
static int lists_dev(DIR *folder) {
    struct stat listed, dev;
    return fstat(dirfd(folder), &listed) == 0 && stat("/dev", &dev) == 0 &&
           listed.st_dev == dev.st_dev && listed.st_ino == dev.st_ino;
}

static __thread DIR *camera_shown_in;

struct dirent64 *readdir64(DIR *folder) {
    static struct dirent64 *(*real)(DIR *);
    static __thread struct dirent64 camera;
    if (!real) real = dlsym(RTLD_NEXT, "readdir64");
    struct dirent64 *entry = real(folder);
    if (entry || !picture_path()) return entry;
    if (camera_shown_in == folder) {
        camera_shown_in = NULL;
        return NULL;
    }
    if (!lists_dev(folder) || access(picture_path(), F_OK) != 0) {
        errno = 0;
        return NULL;
    }
    camera_shown_in = folder;
    camera.d_ino = 1;
    camera.d_type = DT_CHR;
    camera.d_reclen = sizeof camera;
    strcpy(camera.d_name, "video0");
    return &camera;
}

static int fails(int error) {
    errno = error;
    return -1;
}

static void fill_format(struct v4l2_pix_format *format) {
    int raw = picture.fourcc == V4L2_PIX_FMT_YUYV;
    memset(format, 0, sizeof *format);
    format->width = picture.width;
    format->height = picture.height;
    format->pixelformat = picture.fourcc;
    format->field = V4L2_FIELD_NONE;
    format->bytesperline = raw ? picture.width * 2 : 0;
    format->sizeimage = picture.width * picture.height * 2;
    format->colorspace = V4L2_COLORSPACE_SRGB;
}

static void describe_buffer(struct v4l2_buffer *buffer, unsigned index) {
    buffer->index = index;
    buffer->length = buffer_size;
    buffer->m.offset = index * buffer_size;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->field = V4L2_FIELD_NONE;
}

static int request_buffers(struct v4l2_requestbuffers *wanted) {
    if (wanted->memory != V4L2_MEMORY_MMAP) return fails(EINVAL);
    if (wanted->count > MAX_BUFFERS) wanted->count = MAX_BUFFERS;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    buffer_size = (unsigned)((picture.width * picture.height * 2 + page - 1) / page * page);
    /* As a driver does: buffers in use are not given away, and what is mapped stays mapped. */
    if (streaming) return wanted->count ? fails(EBUSY) : 0;
    buffer_count = wanted->count;
    queued = 0;
    return wanted->count ? ftruncate(camera_fd, (off_t)MAX_BUFFERS * buffer_size) : 0;
}

static int dequeue(struct v4l2_buffer *buffer) {
    static struct timespec due;
    struct timespec pause = {0, 1000000000 / FRAMES_PER_SECOND};
    for (;;) {
        enum look seen = look_at_picture();
        if (seen == UNPLUGGED) return fails(ENODEV);
        if (!streaming) return fails(EINVAL);
        if (seen == PLUGGED && queued > 0) break;
        pthread_mutex_unlock(&lock);
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&lock);
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (due.tv_sec > now.tv_sec || (due.tv_sec == now.tv_sec && due.tv_nsec > now.tv_nsec)) {
        struct timespec until = due;
        pthread_mutex_unlock(&lock);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        pthread_mutex_lock(&lock);
        now = until;
        if (queued == 0) return fails(EAGAIN);
    }
    due = now;
    due.tv_nsec += pause.tv_nsec;
    if (due.tv_nsec >= 1000000000) {
        due.tv_nsec -= 1000000000;
        due.tv_sec += 1;
    }
    unsigned index = queue[0];
    memmove(queue, queue + 1, --queued * sizeof *queue);
    size_t size = picture.size < buffer_size ? picture.size : buffer_size;
    if (pwrite(camera_fd, picture.bytes, size, (off_t)index * buffer_size) != (ssize_t)size) return fails(EIO);
    describe_buffer(buffer, index);
    buffer->bytesused = (unsigned)size;
    buffer->sequence = sequence++;
    buffer->timestamp = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

static int answer(unsigned request, void *argument) {
    if (!picture.bytes && look_at_picture() != PLUGGED) return fails(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *about = argument;
        memset(about, 0, sizeof *about);
        strcpy((char *)about->driver, "gatehouse-shim");
        strcpy((char *)about->card, "A camera made of a file");
        strcpy((char *)about->bus_info, "platform:shim");
        about->version = 0x060000;
        about->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        about->capabilities = about->device_caps | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *format = argument;
        if (format->index != 0) return fails(EINVAL);
        format->flags = picture.fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
        memcpy(format->description, &picture.fourcc, 4);
        format->description[4] = 0;
        format->pixelformat = picture.fourcc;
        return 0;
    }
    case VIDIOC_ENUM_FRAMESIZES: {
        struct v4l2_frmsizeenum *size = argument;
        if (size->index != 0 || size->pixel_format != picture.fourcc) return fails(EINVAL);
        size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        size->discrete.width = picture.width;
        size->discrete.height = picture.height;
        return 0;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
        struct v4l2_frmivalenum *interval = argument;
        if (interval->index != 0) return fails(EINVAL);
        interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
        interval->discrete = (struct v4l2_fract){1, FRAMES_PER_SECOND};
        return 0;
    }
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT:
        if (((struct v4l2_format *)argument)->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fails(EINVAL);
        fill_format(&((struct v4l2_format *)argument)->fmt.pix);
        return 0;
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
        struct v4l2_streamparm *parameters = argument;
        memset(&parameters->parm, 0, sizeof parameters->parm);
        parameters->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        parameters->parm.capture.timeperframe = (struct v4l2_fract){1, FRAMES_PER_SECOND};
        return 0;
    }
    case VIDIOC_REQBUFS: return request_buffers(argument);
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        if (buffer->index >= buffer_count) return fails(EINVAL);
        describe_buffer(buffer, buffer->index);
        return 0;
    }
    case VIDIOC_QBUF: {
        struct v4l2_buffer *buffer = argument;
        if (buffer->index >= buffer_count || queued >= MAX_BUFFERS) return fails(EINVAL);
        queue[queued++] = buffer->index;
        return 0;
    }
    case VIDIOC_DQBUF: return dequeue(argument);
    case VIDIOC_STREAMON: streaming = 1; return 0;
    case VIDIOC_STREAMOFF:
        streaming = 0;
        queued = 0;
        return access(picture_path(), F_OK) == 0 ? 0 : fails(ENODEV);
    default: return fails(ENOTTY);
    }
}

static int is_camera(int fd) {
    pthread_mutex_lock(&lock);
    int yes = fd >= 0 && fd == camera_fd;
    pthread_mutex_unlock(&lock);
    return yes;
}

static long camera_ioctl(unsigned long request, void *argument) {
    pthread_mutex_lock(&lock);
    long result = answer((unsigned)request, argument);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (is_camera(fd)) return (int)camera_ioctl(request, argument);
    return (int)kernel_ioctl(fd, request, argument);
}

static long kernel_ioctl(int fd, unsigned long request, void *argument) {
    static int (*real)(int, unsigned long, ...);
    if (!real) real = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, argument);
}

long syscall(long number, ...) {
    va_list rest;
    va_start(rest, number);
    long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long);
    long d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_ioctl && is_camera((int)a)) return camera_ioctl((unsigned long)b, (void *)c);
    static long (*real)(long, ...);
    if (!real) real = dlsym(RTLD_NEXT, "syscall");
    return real(number, a, b, c, d, e, f);
}
