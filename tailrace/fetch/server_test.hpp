#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// A web server on this machine whose every byte a test decides, so that it can break off, lie and
/// stall. For tests only.
namespace tailrace::fetch::testing {

/// What a client asked.
struct Request {
  std::string path;
  std::string head;  ///< all lines

  /// A header's value; empty without it.
  [[nodiscard]] std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// Answers with exactly the bytes that `answer` returns, then closes the connection; one client
/// after the other.
class Server {
 public:
  using Answer = std::function<std::string(const Request&)>;

  explicit Server(Answer answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 8);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  [[nodiscard]] std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (;;) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      Request request;
      std::array<char, 4096> buffer{};
      while (request.head.find("\r\n\r\n") == std::string::npos) {
        const ssize_t size = read(client, buffer.data(), buffer.size());
        if (size <= 0) break;
        request.head.append(buffer.data(), static_cast<std::size_t>(size));
      }
      const std::size_t begin = request.head.find(' ') + 1;
      request.path = request.head.substr(begin, request.head.find(' ', begin) - begin);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const std::string bytes = answer_(request);
      send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      close(client);
    }
  }

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

/// A whole answer.
inline std::string answer(const std::string& status, const std::string& body,
                          const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

/// What a proper server answers for a file: a part if the client asks for one of this version.
inline std::string answer_file(const Request& request, const std::string& bytes,
                               const std::string& tag = "\"v1\"") {
  const std::string etag = tag.empty() ? "" : "ETag: " + tag + "\r\n";
  const std::string range = request.header("Range");
  const std::string condition = request.header("If-Range");
  if (range.empty() || (!condition.empty() && condition != tag)) {
    return answer("200 OK", bytes, etag);
  }
  const std::size_t begin = std::stoul(range.substr(std::string("bytes=").size()));
  if (begin >= bytes.size()) return answer("416 Range Not Satisfiable", "");
  return answer("206 Partial Content", bytes.substr(begin),
                etag + "Content-Range: bytes " + std::to_string(begin) + "-" +
                    std::to_string(bytes.size() - 1) + "/" + std::to_string(bytes.size()) + "\r\n");
}

/// The same answer, without its last bytes.
inline std::string cut(std::string whole, std::size_t missing) {
  whole.resize(whole.size() - missing);
  return whole;
}

}  // namespace tailrace::fetch::testing
