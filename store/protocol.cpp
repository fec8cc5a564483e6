// hiredis's writer and reader behind plain types. Its reader builds our replies, so that no count that a peer names is
// believed before it has been held against the limits.
#include "store/protocol.hpp"

#include <hiredis/hiredis.h>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rollcall::store {
namespace {

/// Where the reader puts a new element: into the list that it belongs to, or by itself. Null where it has no place.
reply* place_for(const redisReadTask* task, reply made) {
    if (task->parent == nullptr) return new reply{std::move(made)};
    auto& list = static_cast<reply*>(task->parent->obj)->list;
    const auto index = static_cast<std::size_t>(task->idx);
    if (index >= list.size()) return nullptr;
    list[index] = std::move(made);
    return &list[index];
}

void* make_text(const redisReadTask* task, char* text, std::size_t size) {
    reply made;
    made.is = task->type == REDIS_REPLY_ERROR ? reply::kind::error : reply::kind::text;
    made.text.assign(text, size);
    return place_for(task, std::move(made));
}

/// hiredis 1.0 counts elements by another type than 0.14. A refused list ends the reading.
template<class Count>
void* make_list(const redisReadTask* task, Count count) {
    const auto most = static_cast<const reply_reader::limits*>(task->privdata)->elements;
    const auto elements = static_cast<std::size_t>(count);
    if (elements > most) return nullptr;
    reply made;
    made.is = reply::kind::list;
    made.list.resize(elements);
    return place_for(task, std::move(made));
}

void* make_integer(const redisReadTask* task, long long number) {
    reply made;
    made.is = reply::kind::integer;
    made.integer = number;
    return place_for(task, std::move(made));
}

void* make_nothing(const redisReadTask* task) {
    return place_for(task, reply{});
}

void free_reply(void* made) {
    delete static_cast<reply*>(made);
}

/// RESP3's numbers and flags are never asked for: a peer that sends them is refused.
template<class Functions>
void refuse_newer_types(Functions& functions) {
    if constexpr (requires { functions.createDouble; })
        functions.createDouble = [](const redisReadTask*, double, char*, std::size_t) -> void* { return nullptr; };
    if constexpr (requires { functions.createBool; })
        functions.createBool = [](const redisReadTask*, int) -> void* { return nullptr; };
}

redisReplyObjectFunctions builders() {
    redisReplyObjectFunctions functions{};
    functions.createString = make_text;
    functions.createArray = make_list;
    functions.createInteger = make_integer;
    functions.createNil = make_nothing;
    functions.freeObject = free_reply;
    refuse_newer_types(functions);
    return functions;
}

}  // namespace

std::string command_of(std::span<const std::string_view> words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string_view word : words) {
        texts.push_back(word.empty() ? "" : word.data());
        sizes.push_back(word.size());
    }
    char* formatted = nullptr;
    const auto size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()), texts.data(), sizes.data());
    if (size < 0) throw std::bad_alloc{};
    std::string command{formatted, static_cast<std::size_t>(size)};
    redisFreeCommand(formatted);
    return command;
}

std::string command_of(std::initializer_list<std::string_view> words) {
    return command_of(std::span{words.begin(), words.size()});
}

struct reply_reader::parser {
    explicit parser(limits& limits) : reader(redisReaderCreateWithFunctions(&functions)) {
        if (reader == nullptr) throw std::bad_alloc{};
        reader->privdata = &limits;
    }
    parser(const parser&) = delete;
    parser& operator=(const parser&) = delete;
    ~parser() { redisReaderFree(reader); }

    redisReplyObjectFunctions functions = builders();
    redisReader* reader;
};

reply_reader::reply_reader() : reply_reader(limits{}) {}

reply_reader::reply_reader(const limits& limits) : limits_(limits) {
    parser_ = std::make_unique<parser>(limits_);
}

reply_reader::~reply_reader() = default;

void reply_reader::feed(std::string_view bytes) {
    if (bytes.empty() || !fault_.empty()) return;
    unread_ += bytes.size();
    if (redisReaderFeed(parser_->reader, bytes.data(), bytes.size()) != REDIS_OK) fault_ = parser_->reader->errstr;
}

std::optional<reply> reply_reader::next() {
    if (!fault_.empty()) return std::nullopt;
    void* made = nullptr;
    if (redisReaderGetReply(parser_->reader, &made) != REDIS_OK) {
        fault_ = parser_->reader->errstr;
        return std::nullopt;
    }
    if (made == nullptr) {
        if (unread_ > limits_.bytes) fault_ = "a reply is longer than its limit";
        return std::nullopt;
    }
    const std::unique_ptr<reply> whole{static_cast<reply*>(made)};
    unread_ = parser_->reader->len - parser_->reader->pos;
    return std::move(*whole);
}

}  // namespace rollcall::store
