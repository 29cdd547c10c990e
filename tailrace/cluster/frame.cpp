#include "tailrace/cluster/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <type_traits>
#include <utility>

#include "tailrace/core/check.hpp"

namespace tailrace::cluster {
namespace {

constexpr std::string_view names[] = {"Hello",   "Welcome", "JobOffer", "UpdateOffer", "Chunk",
                                      "Applied", "Durable", "Refused",  "Canceled",    "Beat",
                                      "Failed",  "Leave",   "Farewell"};
static_assert(std::size(names) == std::variant_size_v<Frame>);

template <class T>
constexpr bool is_welcome = std::same_as<T, Welcome>;
template <class T>
constexpr bool is_chunk = std::same_as<T, Chunk>;

/// Appends fields to a message.
class Writer {
 public:
  explicit Writer(std::vector<std::byte>& message) : message_(message) {}

  template <std::unsigned_integral T>
  void number(T value, std::uint64_t /*most*/ = 0) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      message_.push_back(static_cast<std::byte>(value >> 8 * i & 0xffU));
    }
  }
  template <class E>
  void choice(E value) {
    number(static_cast<std::uint8_t>(value));
  }
  void flag(bool value) { number(static_cast<std::uint8_t>(value)); }
  void finite(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void duration(double seconds) { finite(seconds); }
  void duration(Time time) { number(static_cast<std::uint64_t>(time.ns)); }
  /// What is longer is cut, between two characters of UTF-8.
  void text(const std::string& text, std::size_t most) {
    std::size_t size = std::min(text.size(), most);
    const auto continues = [&](std::size_t i) {
      return (static_cast<std::uint8_t>(text[i]) & 0xc0U) == 0x80U;
    };
    while (size > 0 && size < text.size() && continues(size)) --size;
    number(static_cast<std::uint32_t>(size));
    rest(std::as_bytes(std::span(text.data(), size)));
  }
  void list(const std::vector<WorkerId>& workers) {
    number(static_cast<std::uint32_t>(workers.size()));
    for (const WorkerId worker : workers) number(worker);
  }
  [[nodiscard]] static bool skips_rest() { return false; }
  void rest(std::span<const std::byte> bytes) {
    message_.insert(message_.end(), bytes.begin(), bytes.end());
  }

 private:
  std::vector<std::byte>& message_;
};

/// Takes fields from a message. After the first fault it takes nothing more.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> message) : message_(message) {}

  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t left() const { return message_.size() - position_; }
  void refuse(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

  template <std::unsigned_integral T>
  void number(T& value, std::uint64_t most = ~std::uint64_t{0}) {
    const std::span<const std::byte> bytes = take(sizeof(T));
    T read = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      read = static_cast<T>(read | static_cast<T>(std::to_integer<T>(bytes[i]) << 8 * i));
    }
    if (read > most) refuse(fmt::format("{} is more than {}", read, most));
    value = read;
  }
  template <class E>
  void choice(E& value) {
    std::uint8_t byte = 0;
    number(byte);
    value = static_cast<E>(byte);
    if (fault_.empty() && to_string(value).empty()) refuse(fmt::format("{} has no meaning", byte));
  }
  void flag(bool& value) {
    std::uint8_t byte = 0;
    number(byte);
    if (byte > 1) refuse(fmt::format("{} is neither 0 (no) nor 1 (yes)", byte));
    value = byte == 1;
  }
  void finite(double& value) {
    std::uint64_t bits = 0;
    number(bits);
    value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) refuse(fmt::format("{} is not finite", value));
  }
  void duration(double& seconds) {
    finite(seconds);
    if (seconds < 0) refuse(fmt::format("{} s are less than none", seconds));
  }
  void duration(Time& time) {
    std::uint64_t ns = 0;
    number(ns, static_cast<std::uint64_t>(Time::never().ns));
    time.ns = fault_.empty() ? static_cast<std::int64_t>(ns) : 0;
  }
  void text(std::string& text, std::size_t most) {
    std::uint32_t size = 0;
    number(size, most);
    const std::span<const std::byte> bytes = take(size);
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void list(std::vector<WorkerId>& workers) {
    std::uint32_t count = 0;
    number(count, workers_max);
    if (count > left() / sizeof(WorkerId)) refuse("the message is cut short");
    if (!fault_.empty()) return;
    workers.resize(count);
    for (WorkerId& worker : workers) number(worker);
  }
  /// What another version has said is not ours to understand.
  [[nodiscard]] bool skips_rest() {
    static_cast<void>(take(left()));
    return true;
  }
  void rest(std::span<const std::byte>& bytes) {
    bytes = take(left());
    if (bytes.empty()) refuse("a chunk holds a byte at least");
  }

 private:
  std::span<const std::byte> take(std::size_t size) {
    if (size > left()) refuse("the message is cut short");
    if (!fault_.empty()) return {};
    const std::span<const std::byte> taken = message_.subspan(position_, size);
    position_ += size;
    return taken;
  }

  std::span<const std::byte> message_;
  std::size_t position_ = 0;
  std::string fault_;
};

/// A frame that is written or one that is read: one list of fields serves both.
template <class F, class T>
concept Either = std::same_as<std::remove_const_t<F>, T>;

void fields(auto& wire, Either<Hello> auto& frame) {
  wire.number(frame.protocol);
  if (frame.protocol != protocol_version && wire.skips_rest()) return;
  wire.text(frame.program, text_bytes_max);
  wire.number(frame.fingerprint);
  wire.list(frame.workers);
  wire.number(frame.slots);
}

void fields(auto& wire, Either<Welcome> auto& frame) {
  wire.number(frame.protocol);
  wire.text(frame.program, text_bytes_max);
  wire.number(frame.incarnation);
  wire.number(frame.fingerprint);
  wire.number(frame.dimension, dimension_max);
  wire.number(frame.seed);
  wire.duration(frame.lease);
  wire.number(frame.chunk);
  wire.text(frame.method, text_bytes_max);
  wire.text(frame.experiment, experiment_bytes_max);
}

void fields(auto& wire, Either<JobOffer> auto& frame) {
  wire.number(frame.ticket);
  wire.number(frame.worker);
  wire.number(frame.number);
  wire.number(frame.version);
  wire.number(frame.steps);
  wire.number(frame.model);
  wire.number(frame.bytes, body_bytes_max);
}

void fields(auto& wire, Either<UpdateOffer> auto& frame) {
  wire.number(frame.ticket);
  wire.choice(frame.packing);
  wire.flag(frame.sent);
  wire.flag(frame.fresh);
  wire.finite(frame.factor);
  wire.duration(frame.seconds);
  wire.number(frame.bytes, body_bytes_max);
}

void fields(auto& wire, Either<Chunk> auto& frame) {
  wire.number(frame.offset, body_bytes_max);
  wire.rest(frame.bytes);
}

void fields(auto& wire, Either<Applied> auto& frame) {
  wire.number(frame.ticket);
  wire.flag(frame.keep);
}

void fields(auto& wire, Either<Refused> auto& frame) {
  wire.number(frame.ticket);
  wire.choice(frame.reason);
  wire.text(frame.text, text_bytes_max);
}

void fields(auto& wire, Either<Canceled> auto& frame) { wire.number(frame.ticket); }

void fields(auto& wire, Either<Failed> auto& frame) {
  wire.number(frame.ticket);
  wire.text(frame.text, text_bytes_max);
}

void fields(auto& wire, Either<Farewell> auto& frame) {
  wire.choice(frame.reason);
  wire.text(frame.text, text_bytes_max);
}

void fields(auto& /*wire*/, Either<Durable> auto& /*frame*/) {}
void fields(auto& /*wire*/, Either<Beat> auto& /*frame*/) {}
void fields(auto& /*wire*/, Either<Leave> auto& /*frame*/) {}

tl::unexpected<Errors> refuse(std::string what, std::string_view name, std::size_t byte) {
  return fail({.code = "cluster/bad-frame",
               .what = std::move(what),
               .where = fmt::format("{}, byte {}", name, byte),
               .fix = "send what docs/protocol.md says, in the version that Hello names",
               .in_data = true});
}

template <class T>
Result<Frame> read_as(std::span<const std::byte> message, std::string_view name) {
  if constexpr (!is_welcome<T> && !is_chunk<T>) {
    if (message.size() > frame_bytes_max) {
      return refuse(fmt::format("{} bytes are more than {}", message.size(), frame_bytes_max), name,
                    0);
    }
  }
  Reader reader(message);
  std::uint8_t kind = 0;
  reader.number(kind);
  T frame;
  fields(reader, frame);
  if (reader.left() > 0) reader.refuse(fmt::format("{} bytes too many", reader.left()));
  if (!reader.fault().empty()) return refuse(reader.fault(), name, reader.position());
  return Frame(std::move(frame));
}

template <std::size_t... I>
Result<Frame> read_kind(std::size_t kind, std::span<const std::byte> message,
                        std::index_sequence<I...> /*kinds*/) {
  using Read = Result<Frame> (*)(std::span<const std::byte>, std::string_view);
  static constexpr Read read[] = {read_as<std::variant_alternative_t<I, Frame>>...};
  return read[kind](message, names[kind]);
}

}  // namespace

std::string_view to_string(Packing packing) {
  static constexpr std::string_view words[] = {"real",   "half",  "bfloat", "blocks",
                                               "sparse", "signs", "powers"};
  const auto number = static_cast<std::size_t>(packing);
  return number < std::size(words) ? words[number] : std::string_view();
}

std::string_view to_string(Refusal refusal) {
  static constexpr std::string_view words[] = {
      "", "unknown-job", "not-yours", "bad-layout", "not-finite", "norm-limit", "barred"};
  const auto number = static_cast<std::size_t>(refusal);
  return number < std::size(words) ? words[number] : std::string_view();
}

std::string_view to_string(Parting parting) {
  static constexpr std::string_view words[] = {"finished", "draining", "replaced",    "lease-ended",
                                               "protocol", "version",  "not-allowed", "revoked",
                                               "barred",   "full",     "other-run"};
  const auto number = static_cast<std::size_t>(parting);
  return number < std::size(words) ? words[number] : std::string_view();
}

std::string_view name_of(const Frame& frame) { return names[frame.index()]; }

std::vector<std::byte> encode(const Frame& frame) {
  std::vector<std::byte> message;
  message.reserve(64);  // most kinds fit
  message.push_back(static_cast<std::byte>(frame.index()));
  Writer writer(message);
  std::visit([&writer](const auto& alternative) { fields(writer, alternative); }, frame);
  TAILRACE_CHECK(message.size() <= frame_bytes_max || std::holds_alternative<Welcome>(frame) ||
                 std::holds_alternative<Chunk>(frame));
  return message;
}

void encode_chunk_header(std::uint64_t offset, std::span<std::byte, chunk_header_bytes> out) {
  static const auto kind = static_cast<std::byte>(Frame(Chunk{}).index());
  out[0] = kind;
  for (std::size_t i = 0; i < sizeof offset; ++i) {
    out[i + 1] = static_cast<std::byte>(offset >> 8 * i & 0xffU);
  }
}

Result<Frame> decode(std::span<const std::byte> message) {
  if (message.empty()) return refuse("the message is empty", "frame", 0);
  const auto kind = std::to_integer<std::size_t>(message[0]);
  if (kind >= std::size(names)) {
    return refuse(fmt::format("no frame has the number {}", kind), "frame", 0);
  }
  return read_kind(kind, message, std::make_index_sequence<std::variant_size_v<Frame>>());
}

}  // namespace tailrace::cluster
