#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "tailrace/cluster/link.hpp"

namespace tailrace::rpc {

/// A session over a channel that is connected.
[[nodiscard]] std::unique_ptr<cluster::Link> open_stream(
    const std::shared_ptr<grpc::Channel>& channel);

}  // namespace tailrace::rpc
