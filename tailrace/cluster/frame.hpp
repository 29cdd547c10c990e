#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tailrace/core/ids.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/core/time.hpp"

/// What travels between a server and its workers, whatever carries it; docs/protocol.md is the
/// document for those who write a worker in another language.
namespace tailrace::cluster {

/// Peers that do not speak the same version part with a reason.
inline constexpr std::uint16_t protocol_version = 1;

/// No frame but Welcome and a chunk is larger. [bytes]
inline constexpr std::size_t frame_bytes_max = 1 << 20;

/// Of a text for people; encode() cuts longer ones. [bytes]
inline constexpr std::size_t text_bytes_max = 1 << 16;

/// Of the experiment's text in Welcome. [bytes]
inline constexpr std::size_t experiment_bytes_max = 4 << 20;

/// That a session may name in Hello; more do not fit into a frame.
inline constexpr std::size_t workers_max = 200'000;

/// Of a model. [parameters]
inline constexpr std::uint64_t dimension_max = std::uint64_t{1} << 40;

/// Of what follows an offer in chunks, and of an offset in it: 4 for every parameter.
inline constexpr std::uint64_t body_bytes_max = 4 * dimension_max;

/// Names a job for as long as anybody may send its update: never given twice in a run, also not by
/// a server that was started again.
using Ticket = std::uint64_t;

/// How the values of an update lie in its chunks; see pack.hpp.
enum class Packing : std::uint8_t {
  real = 0,
  half = 1,
  bfloat = 2,
  blocks = 3,
  sparse = 4,
  signs = 5,
  powers = 6,
};

/// Why an update was not applied.
enum class Refusal : std::uint8_t {
  unknown_job = 1,  ///< no job in flight has this ticket: done by another, canceled, or before a
                    ///< restart of the server
  not_yours = 2,    ///< the job was never given to this worker
  bad_layout = 3,   ///< wrong length, packing or order of chunks
  not_finite = 4,   ///< NaN or infinite values
  norm_limit = 5,   ///< larger than the run allows
  barred = 6,       ///< too many refused updates
};

/// Why a session ends.
enum class Parting : std::uint8_t {
  finished = 0,     ///< the run is over: do not come back
  draining = 1,     ///< the server stops for now: keep updates and come back
  replaced = 2,     ///< the same worker has connected again
  lease_ended = 3,  ///< nothing was heard for a lease: connect again
  protocol = 4,     ///< a frame that makes no sense, or not now
  version = 5,      ///< another version of the protocol
  not_allowed = 6,  ///< the certificate does not speak for this worker
  revoked = 7,      ///< the certificate was revoked
  barred = 8,       ///< too many refused updates
  full = 9,         ///< as many sessions as the server holds: try again later
  other_run = 10,   ///< the worker was made for another experiment
};

/// The name of a value; empty for a number that has no meaning.
[[nodiscard]] std::string_view to_string(Packing packing);
[[nodiscard]] std::string_view to_string(Refusal refusal);
[[nodiscard]] std::string_view to_string(Parting parting);

/// Worker: the first frame of a session.
struct Hello {
  std::uint16_t protocol = protocol_version;
  std::string program;            ///< name and version, for people
  std::uint64_t fingerprint = 0;  ///< of the experiment it was made for; 0: takes what it is told
  std::vector<WorkerId> workers;  ///< whose jobs it computes
  std::uint32_t slots = 1;        ///< jobs it computes at the same time
  bool operator==(const Hello&) const = default;
};

/// Server: the answer to Hello.
struct Welcome {
  std::uint16_t protocol = protocol_version;
  std::string program;
  std::uint64_t incarnation = 0;  ///< differs each time the server is started
  std::uint64_t fingerprint = 0;  ///< of the experiment, method and seed
  std::uint64_t dimension = 0;    ///< of the model [parameters]
  std::uint64_t seed = 0;
  Time lease;               ///< a session of which nothing is heard for so long is given up
  std::uint32_t chunk = 0;  ///< largest chunk that the server takes [bytes]
  std::string method;       ///< its name in the experiment
  std::string experiment;   ///< the experiment file's text, every option spelled out
  bool operator==(const Welcome&) const = default;
};

/// Server: a job. Its model follows in chunks, unless the worker has it.
struct JobOffer {
  Ticket ticket = 0;
  WorkerId worker = 0;
  JobNumber number = 0;
  Version version = 0;
  std::uint32_t steps = 0;  ///< local steps; 0: as many as the method says
  std::uint64_t model = 0;  ///< names the model's bits within this incarnation of the server
  std::uint64_t bytes = 0;  ///< of the chunks that follow; 0: `model` is the one sent last
  bool operator==(const JobOffer&) const = default;
};

/// Worker: an update. Its values follow in chunks.
struct UpdateOffer {
  Ticket ticket = 0;
  Packing packing = Packing::real;
  bool sent = false;        ///< the method's `send` has been applied by the worker
  bool fresh = false;       ///< with `sent`: it remembers nothing of what it sent earlier
  double factor = 1;        ///< multiplies the values
  double seconds = 0;       ///< it took to compute
  std::uint64_t bytes = 0;  ///< of the chunks that follow
  bool operator==(const UpdateOffer&) const = default;
};

/// A piece of what was announced last: the job's model or the update, front to back.
struct Chunk {
  std::uint64_t offset = 0;          ///< of its first byte
  std::span<const std::byte> bytes;  ///< lies in the frame it was read from
};

/// Server: the update is part of the model.
struct Applied {
  Ticket ticket = 0;
  bool keep = false;  ///< a server that dies now forgets it: keep it until Durable, and send it
                      ///< again to the next incarnation
  bool operator==(const Applied&) const = default;
};

/// Server: every update answered so far is on disk.
struct Durable {
  bool operator==(const Durable&) const = default;
};

/// Server: the update was not applied; drop it.
struct Refused {
  Ticket ticket = 0;
  Refusal reason = Refusal::unknown_job;
  std::string text;
  bool operator==(const Refused&) const = default;
};

/// Server: nobody waits for this job any more.
struct Canceled {
  Ticket ticket = 0;
  bool operator==(const Canceled&) const = default;
};

/// Worker: it is alive. To be sent every third of a lease at least.
struct Beat {
  bool operator==(const Beat&) const = default;
};

/// Worker: the job cannot be computed here.
struct Failed {
  Ticket ticket = 0;
  std::string text;
  bool operator==(const Failed&) const = default;
};

/// Worker: no more jobs, please; it ends the session when its last update was answered.
struct Leave {
  bool operator==(const Leave&) const = default;
};

/// Server: the last frame of a session.
struct Farewell {
  Parting reason = Parting::finished;
  std::string text;
  bool operator==(const Farewell&) const = default;
};

using Frame = std::variant<Hello, Welcome, JobOffer, UpdateOffer, Chunk, Applied, Durable, Refused,
                           Canceled, Beat, Failed, Leave, Farewell>;

/// "JobOffer"
[[nodiscard]] std::string_view name_of(const Frame& frame);

/// One message of the transport: one byte that names the frame, then its fields, little-endian,
/// numbers at their full width, texts and lists behind their length (4 bytes).
[[nodiscard]] std::vector<std::byte> encode(const Frame& frame);

/// What stands before a chunk's bytes, so that they need not be copied behind it.
inline constexpr std::size_t chunk_header_bytes = 9;
void encode_chunk_header(std::uint64_t offset, std::span<std::byte, chunk_header_bytes> out);

/// Reads one message. A chunk's bytes stay where they are.
///
/// Errors  cluster/bad-frame: an unknown kind, cut short, too long, values outside their ranges.
[[nodiscard]] Result<Frame> decode(std::span<const std::byte> message);

}  // namespace tailrace::cluster
