// An identity provider's URL for tests: it answers every request with what it is told to, over TLS or plainly.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rollcall::testing {

class key_server {
  public:
    /// With a certificate and its key, PEM files, it speaks TLS only.
    explicit key_server(std::string body, const std::optional<std::filesystem::path>& certificate = std::nullopt,
                        const std::optional<std::filesystem::path>& key = std::nullopt);
    ~key_server();
    key_server(const key_server&) = delete;
    key_server& operator=(const key_server&) = delete;

    /// `https://127.0.0.1:PORT/keys?tenant=a`, or http.
    std::string url() const;

    void answer(std::string body, unsigned status = 200);
    /// How many requests it has had, and the head of the last.
    int requests() const;
    std::string last_head() const;
    /// Waits at most ten seconds until it has had so many; whether it has.
    bool wait_for(int requests) const;

    struct state;

  private:
    std::unique_ptr<state> state_;
};

}  // namespace rollcall::testing
