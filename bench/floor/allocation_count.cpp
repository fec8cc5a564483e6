// allocation-count: preloaded, it gives a program glibc's allocator whichever it was linked with, and counts what is
// asked of it in the file that COUNT_FILE names: eight bytes, the allocations so far. What is freed is not counted.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t) noexcept;
void* __libc_calloc(std::size_t, std::size_t) noexcept;
void* __libc_realloc(void*, std::size_t) noexcept;
void* __libc_memalign(std::size_t, std::size_t) noexcept;
void __libc_free(void*) noexcept;
}

namespace {

using counter = std::atomic<std::uint64_t>;

counter before_the_file_is_open;
std::atomic<counter*> count{&before_the_file_is_open};

void count_one() {
    count.load(std::memory_order_relaxed)->fetch_add(1, std::memory_order_relaxed);
}

__attribute__((constructor)) void open_file() {
    const char* path = std::getenv("COUNT_FILE");
    if (path == nullptr) return;
    const int file = ::open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ::ftruncate(file, sizeof(counter)) != 0) return;
    void* shared = ::mmap(nullptr, sizeof(counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (shared != MAP_FAILED) count = static_cast<counter*>(shared);
}

void* aligned(std::size_t alignment, std::size_t size) noexcept {
    count_one();
    return __libc_memalign(alignment, size);
}

void* or_throw(void* memory) {
    return memory != nullptr ? memory : throw std::bad_alloc{};
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
    count_one();
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) noexcept {
    count_one();
    return __libc_calloc(number, size);
}

void* realloc(void* old, std::size_t size) noexcept {
    count_one();
    return __libc_realloc(old, size);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return aligned(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return aligned(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
    *memory = aligned(alignment, size);
    return *memory != nullptr ? 0 : ENOMEM;
}

void free(void* memory) noexcept {
    __libc_free(memory);
}

}  // extern "C"

void* operator new(std::size_t size) {
    return or_throw(malloc(size));
}

void* operator new[](std::size_t size) {
    return or_throw(malloc(size));
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return malloc(size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return malloc(size);
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    return or_throw(aligned(static_cast<std::size_t>(alignment), size));
}

void* operator new[](std::size_t size, std::align_val_t alignment) {
    return or_throw(aligned(static_cast<std::size_t>(alignment), size));
}

void operator delete(void* memory) noexcept {
    __libc_free(memory);
}

void operator delete[](void* memory) noexcept {
    __libc_free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    __libc_free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    __libc_free(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
    __libc_free(memory);
}

void operator delete[](void* memory, std::align_val_t) noexcept {
    __libc_free(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    __libc_free(memory);
}

void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    __libc_free(memory);
}
