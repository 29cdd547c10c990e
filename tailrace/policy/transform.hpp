#pragma once

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tailrace/core/archive.hpp"
#include "tailrace/core/field.hpp"
#include "tailrace/core/field_range.hpp"
#include "tailrace/core/ids.hpp"
#include "tailrace/core/law.hpp"
#include "tailrace/core/result.hpp"
#include "tailrace/core/time.hpp"
#include "tailrace/policy/message.hpp"
#include "tailrace/policy/part_setup.hpp"
#include "tailrace/policy/update.hpp"

namespace tailrace::policy {

/// What a transform may know about the update in its hands. The same record serves three places:
///
///   each   an arriving update        all fields
///   then   a combined update         staleness is the largest in it, start is empty
///   local  one gradient of a job     staleness 0, model is the local iterate, start is empty
struct Arrival {
  WorkerId worker = 0;
  JobNumber job = 0;  ///< the worker's job number (then: of the arrival that completed it)
  std::uint64_t staleness = 0;  ///< tau, server steps since the job was given out
  Version version = 0;          ///< server steps applied so far (local: when the job was given out)
  std::span<const Real> model = {};  ///< x now
  std::span<const Real> start = {};  ///< x the job started from
  std::uint32_t workers = 1;         ///< n
  std::uint64_t concurrency = 1;     ///< jobs in flight, this one included
  Time now = {};                     ///< the event's time; local: zero

  /// Number of the server step this update will take part in: 1, 2, ... Schedules count with it.
  [[nodiscard]] std::uint64_t step() const { return version + 1; }
};

/// One link of a chain: a component that changes an update, and the laws it keeps.
/// Optional: prepare(const PartSetup&) makes its state and sets it back to the beginning,
/// state(Archive&) saves it; `static constexpr bool needs_start = true` says that it reads
/// arrival.start, `needs_job = true` that it keeps something per worker or draws per job: only the
/// chains that see single updates on the server (`send`, `each`) offer that. pack(Message&) const
/// says what it makes of an update's size on its way to the server; remark() const returns a line
/// about the run so far, for its summary.
///
/// `static constexpr bool sliceable = true` says that it may be run by servers that hold a slice of
/// the model each, see Slices.
///
/// `static constexpr bool on_worker = true` says that a copy on each worker makes the same bits as
/// one on the server: of the arrival it reads worker, job and workers at most, and what it keeps is
/// kept per worker. Such a transform lets go of that in forget(WorkerId), if it has any; and
/// note_sent(WorkerId) tells the server's copy that the worker's has seen an update.
template <class T>
concept Transform = Component<T> && std::copyable<T> &&
    requires(T& transform, const Arrival& arrival, Update& update) {
  transform.apply(arrival, update);
  { T::laws } -> std::convertible_to<Law>;
};

/// Any transform, held by value.
class AnyTransform {
 public:
  template <Transform T>
  AnyTransform(T transform)  // NOLINT(google-explicit-constructor): lists of parts read as lists
      : held_(std::make_unique<Held<T>>(std::move(transform))) {}
  AnyTransform(const AnyTransform& other) : held_(other.held_->clone()) {}
  AnyTransform(AnyTransform&&) noexcept = default;
  AnyTransform& operator=(AnyTransform other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~AnyTransform() = default;

  [[nodiscard]] std::string_view name() const { return held_->name(); }
  /// Whether it reads the model that the update's job started from.
  [[nodiscard]] bool needs_start() const { return held_->needs_start(); }
  /// Whether it has to know whose update it is and of which job.
  [[nodiscard]] bool needs_job() const { return held_->needs_job(); }
  /// Whether a copy on each worker makes the same bits as one on the server.
  [[nodiscard]] bool on_worker() const { return held_->on_worker(); }
  /// Whether servers that hold a slice of the model each may run it.
  [[nodiscard]] bool sliceable() const { return held_->sliceable(); }
  /// Its options outside their ranges; `key` names the transform, such as "each[0]".
  [[nodiscard]] Status check(const std::string& key) const { return held_->check(key); }
  void prepare(const PartSetup& setup) { held_->prepare(setup); }
  void apply(const Arrival& arrival, Update& update) { held_->apply(arrival, update); }
  void pack(Message& message) const { held_->pack(message); }
  /// What it has to say about the run so far; mostly nothing.
  [[nodiscard]] std::string remark() const { return held_->remark(); }
  /// Lets go of what it remembers of a worker's updates.
  void forget(WorkerId worker) { held_->forget(worker); }
  /// The worker's own copy has been applied to an update.
  void note_sent(WorkerId worker) { held_->note_sent(worker); }
  void state(Archive& archive) { held_->state(archive); }

 private:
  struct Base {
    virtual ~Base() = default;
    [[nodiscard]] virtual std::unique_ptr<Base> clone() const = 0;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual bool needs_start() const = 0;
    [[nodiscard]] virtual bool needs_job() const = 0;
    [[nodiscard]] virtual bool on_worker() const = 0;
    [[nodiscard]] virtual bool sliceable() const = 0;
    [[nodiscard]] virtual Status check(const std::string& key) const = 0;
    virtual void prepare(const PartSetup& setup) = 0;
    virtual void apply(const Arrival& arrival, Update& update) = 0;
    virtual void pack(Message& message) const = 0;
    [[nodiscard]] virtual std::string remark() const = 0;
    virtual void forget(WorkerId worker) = 0;
    virtual void note_sent(WorkerId worker) = 0;
    virtual void state(Archive& archive) = 0;
  };
  template <class T>
  struct Held final : Base {
    explicit Held(T t) : transform(std::move(t)) {}
    [[nodiscard]] std::unique_ptr<Base> clone() const override {
      return std::make_unique<Held>(transform);
    }
    [[nodiscard]] std::string_view name() const override { return T::name; }
    [[nodiscard]] bool needs_start() const override {
      if constexpr (requires { T::needs_start; }) return T::needs_start;
      return false;
    }
    [[nodiscard]] bool needs_job() const override {
      if constexpr (requires { T::needs_job; }) return T::needs_job;
      return false;
    }
    [[nodiscard]] bool on_worker() const override {
      if constexpr (requires { T::on_worker; }) return T::on_worker;
      return false;
    }
    [[nodiscard]] bool sliceable() const override { return is_sliceable(transform); }
    [[nodiscard]] Status check(const std::string& key) const override {
      return check_ranges(transform, key);
    }
    void prepare(const PartSetup& setup) override {
      if constexpr (requires { transform.prepare(setup); }) transform.prepare(setup);
    }
    void apply(const Arrival& arrival, Update& update) override {
      transform.apply(arrival, update);
    }
    void pack(Message& message) const override {
      if constexpr (requires { transform.pack(message); }) transform.pack(message);
    }
    [[nodiscard]] std::string remark() const override {
      if constexpr (requires { transform.remark(); }) return transform.remark();
      return {};
    }
    void forget(WorkerId worker) override {
      if constexpr (requires { transform.forget(worker); }) transform.forget(worker);
    }
    void note_sent(WorkerId worker) override {
      if constexpr (requires { transform.note_sent(worker); }) transform.note_sent(worker);
    }
    void state(Archive& archive) override {
      if constexpr (requires { transform.state(archive); }) transform.state(archive);
    }
    T transform;
  };
  std::unique_ptr<Base> held_;
};

/// Transforms applied one after the other; stops at the first that discards the update.
class Chain {
 public:
  Chain() = default;
  Chain(std::initializer_list<AnyTransform> parts) : parts_(parts) {}

  void add(AnyTransform part) { parts_.push_back(std::move(part)); }
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// Whether a copy on each worker makes the same bits as one on the server.
  [[nodiscard]] bool on_worker() const {
    return std::all_of(parts_.begin(), parts_.end(),
                       [](const AnyTransform& part) { return part.on_worker(); });
  }
  /// Whether servers that hold a slice of the model each may run it.
  [[nodiscard]] bool sliceable() const {
    return std::all_of(parts_.begin(), parts_.end(),
                       [](const AnyTransform& part) { return part.sliceable(); });
  }
  [[nodiscard]] const std::vector<AnyTransform>& parts() const { return parts_; }

  /// Each part's place is the chain's plus its index.
  void prepare(PartSetup setup) {
    for (AnyTransform& part : parts_) {
      part.prepare(setup);
      ++setup.place;
    }
  }
  void apply(const Arrival& arrival, Update& update) {
    for (AnyTransform& part : parts_) {
      if (update.discarded()) return;
      part.apply(arrival, update);
    }
  }
  /// What an update of so many parameters takes on its way to the server, behind this chain.
  [[nodiscard]] Message message(std::size_t dimension) const {
    Message message(dimension);
    for (const AnyTransform& part : parts_) part.pack(message);
    return message;
  }
  /// Adds what its parts have to say about the run so far.
  void remarks(std::vector<std::string>& out) const {
    for (const AnyTransform& part : parts_) {
      if (std::string text = part.remark(); !text.empty()) out.push_back(std::move(text));
    }
  }
  /// Lets go of what its parts remember of a worker's updates.
  void forget(WorkerId worker) {
    for (AnyTransform& part : parts_) part.forget(worker);
  }
  /// The worker's own copy of this chain has been applied to an update.
  void note_sent(WorkerId worker) {
    for (AnyTransform& part : parts_) part.note_sent(worker);
  }
  void state(Archive& archive) {
    for (AnyTransform& part : parts_) part.state(archive);
  }

 private:
  std::vector<AnyTransform> parts_;
};

}  // namespace tailrace::policy
