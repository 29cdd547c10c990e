#pragma once

#include "tailrace/core/field.hpp"
#include "tailrace/delay/models.hpp"
#include "tailrace/neural/characters.hpp"
#include "tailrace/neural/images.hpp"
#include "tailrace/neural/remote.hpp"
#include "tailrace/neural/sentences.hpp"
#include "tailrace/neural/tensors.hpp"
#include "tailrace/policy/assign/sampled.hpp"
#include "tailrace/policy/assign/sender.hpp"
#include "tailrace/policy/assign/shuffled.hpp"
#include "tailrace/policy/assign/uniform.hpp"
#include "tailrace/policy/combine/aligned_mean.hpp"
#include "tailrace/policy/combine/at_once.hpp"
#include "tailrace/policy/combine/buffer.hpp"
#include "tailrace/policy/combine/calibrated_buffer.hpp"
#include "tailrace/policy/combine/centered_clipping.hpp"
#include "tailrace/policy/combine/geometric_median.hpp"
#include "tailrace/policy/combine/gradient_table.hpp"
#include "tailrace/policy/combine/krum.hpp"
#include "tailrace/policy/combine/order_statistics.hpp"
#include "tailrace/policy/combine/turns.hpp"
#include "tailrace/policy/combine/weighted_mean.hpp"
#include "tailrace/policy/combine/worker_batches.hpp"
#include "tailrace/policy/schedule.hpp"
#include "tailrace/policy/transform/adagrad.hpp"
#include "tailrace/policy/transform/adam.hpp"
#include "tailrace/policy/transform/amsgrad.hpp"
#include "tailrace/policy/transform/bf16.hpp"
#include "tailrace/policy/transform/biclip.hpp"
#include "tailrace/policy/transform/clip_coordinates.hpp"
#include "tailrace/policy/transform/clip_layers.hpp"
#include "tailrace/policy/transform/clip_norm.hpp"
#include "tailrace/policy/transform/clip_quantile.hpp"
#include "tailrace/policy/transform/compensate_delay.hpp"
#include "tailrace/policy/transform/compensate_online.hpp"
#include "tailrace/policy/transform/delayed_nesterov.hpp"
#include "tailrace/policy/transform/divide_by_gap.hpp"
#include "tailrace/policy/transform/drop_far.hpp"
#include "tailrace/policy/transform/drop_stale.hpp"
#include "tailrace/policy/transform/faulty_workers.hpp"
#include "tailrace/policy/transform/fp16.hpp"
#include "tailrace/policy/transform/gaussian_privacy.hpp"
#include "tailrace/policy/transform/int8.hpp"
#include "tailrace/policy/transform/lmo.hpp"
#include "tailrace/policy/transform/mix_in.hpp"
#include "tailrace/policy/transform/momentum.hpp"
#include "tailrace/policy/transform/muon.hpp"
#include "tailrace/policy/transform/natural.hpp"
#include "tailrace/policy/transform/nesterov.hpp"
#include "tailrace/policy/transform/normalize.hpp"
#include "tailrace/policy/transform/ordered_momentum.hpp"
#include "tailrace/policy/transform/random_k.hpp"
#include "tailrace/policy/transform/rmsprop.hpp"
#include "tailrace/policy/transform/running_mean.hpp"
#include "tailrace/policy/transform/scale_by_age.hpp"
#include "tailrace/policy/transform/scale_by_examples.hpp"
#include "tailrace/policy/transform/scale_by_relative_staleness.hpp"
#include "tailrace/policy/transform/scale_by_staleness.hpp"
#include "tailrace/policy/transform/sign.hpp"
#include "tailrace/policy/transform/top_k.hpp"
#include "tailrace/policy/transform/weight_decay.hpp"
#include "tailrace/policy/transform/worker_momentum.hpp"
#include "tailrace/problem/logistic.hpp"
#include "tailrace/problem/quadratic.hpp"
#include "tailrace/problem/synthetic_logistic.hpp"
#include "tailrace/problem/synthetic_softmax.hpp"
#include "tailrace/problem/tridiagonal.hpp"
#include "tailrace/recipe/ace.hpp"
#include "tailrace/recipe/aced.hpp"
#include "tailrace/recipe/adadelay.hpp"
#include "tailrace/recipe/adaptive_clip.hpp"
#include "tailrace/recipe/async_diloco.hpp"
#include "tailrace/recipe/async_minibatch.hpp"
#include "tailrace/recipe/async_sgd.hpp"
#include "tailrace/recipe/ata.hpp"
#include "tailrace/recipe/bi2clip.hpp"
#include "tailrace/recipe/ca2fl.hpp"
#include "tailrace/recipe/clip2.hpp"
#include "tailrace/recipe/clipped_async_sgd.hpp"
#include "tailrace/recipe/compressed_async_sgd.hpp"
#include "tailrace/recipe/cycle_sgd.hpp"
#include "tailrace/recipe/dc_asgd.hpp"
#include "tailrace/recipe/delay_adaptive_async_sgd.hpp"
#include "tailrace/recipe/dynamic_dc_asgd.hpp"
#include "tailrace/recipe/fadas.hpp"
#include "tailrace/recipe/fedasync.hpp"
#include "tailrace/recipe/fedavg.hpp"
#include "tailrace/recipe/fedbuff.hpp"
#include "tailrace/recipe/federated_clipped_async_sgd.hpp"
#include "tailrace/recipe/gap_aware.hpp"
#include "tailrace/recipe/halos.hpp"
#include "tailrace/recipe/ia2sgd.hpp"
#include "tailrace/recipe/local_ringmaster.hpp"
#include "tailrace/recipe/local_sgd.hpp"
#include "tailrace/recipe/malenia.hpp"
#include "tailrace/recipe/mifa.hpp"
#include "tailrace/recipe/mindflayer.hpp"
#include "tailrace/recipe/minibatch_sgd.hpp"
#include "tailrace/recipe/mishchenko_async_sgd.hpp"
#include "tailrace/recipe/normalized_async_sgd.hpp"
#include "tailrace/recipe/ormo.hpp"
#include "tailrace/recipe/ormo_da.hpp"
#include "tailrace/recipe/picky_sgd.hpp"
#include "tailrace/recipe/port.hpp"
#include "tailrace/recipe/private_async_sgd.hpp"
#include "tailrace/recipe/random_async_sgd.hpp"
#include "tailrace/recipe/random_reshuffling.hpp"
#include "tailrace/recipe/rennala.hpp"
#include "tailrace/recipe/ringleader.hpp"
#include "tailrace/recipe/ringmaster.hpp"
#include "tailrace/recipe/ringmaster_lmo.hpp"
#include "tailrace/recipe/ringmaster_muon.hpp"
#include "tailrace/recipe/robust_async_sgd.hpp"
#include "tailrace/recipe/sgd.hpp"
#include "tailrace/recipe/sgdclip.hpp"
#include "tailrace/recipe/shifted_momentum.hpp"
#include "tailrace/recipe/shuffle_once.hpp"
#include "tailrace/recipe/shuffled_async_sgd.hpp"
#include "tailrace/recipe/smega2.hpp"
#include "tailrace/recipe/staleness_aware_async_sgd.hpp"
#include "tailrace/recipe/tailopt.hpp"

/// Everything an experiment file can name, one line each, in alphabetical order. Adding a component
/// is adding its header above and its line below; what stands here is listed, explained, read and
/// checked against its laws without another word.
namespace tailrace {

/// Parts of `send`, `each`, `then` and of a worker's own chain.
// clang-format off
using Transforms = TypeList<
    policy::AdaGrad,
    policy::Adam,
    policy::AmsGrad,
    policy::Bf16,
    policy::BiClip,
    policy::ClipCoordinates,
    policy::ClipLayers,
    policy::ClipNorm,
    policy::ClipQuantile,
    policy::CompensateDelay,
    policy::CompensateOnline,
    policy::DelayedNesterov,
    policy::DivideByGap,
    policy::DropFar,
    policy::DropStale,
    policy::FaultyWorkers,
    policy::Fp16,
    policy::GaussianPrivacy,
    policy::Int8,
    policy::Lmo,
    policy::MixIn,
    policy::Momentum,
    policy::Muon,
    policy::Natural,
    policy::Nesterov,
    policy::Normalize,
    policy::OrderedMomentum,
    policy::RandomK,
    policy::RmsProp,
    policy::RunningMean,
    policy::ScaleByAge,
    policy::ScaleByExamples,
    policy::ScaleByRelativeStaleness,
    policy::ScaleByStaleness,
    policy::Sign,
    policy::TopK,
    policy::WeightDecay,
    policy::WorkerMomentum
>;

/// When updates become one step, and how.
using Combiners = TypeList<
    policy::AlignedMean,
    policy::AtOnce,
    policy::Barrier,
    policy::Buffer,
    policy::CalibratedBuffer,
    policy::CenteredClipping,
    policy::CoordinateMedian,
    policy::GeometricMedian,
    policy::GradientTable,
    policy::Krum,
    policy::TrimmedMean,
    policy::Turns,
    policy::WeightedMean,
    policy::WorkerBatches
>;

/// Who works next.
using Assigners = TypeList<
    policy::Sampled,
    policy::Sender,
    policy::ShuffleOnce,
    policy::Shuffled,
    policy::Uniform
>;

/// Named methods.
using Recipes = TypeList<
    recipe::Ace,
    recipe::Aced,
    recipe::AdaDelay,
    recipe::AdaptiveClip,
    recipe::AsyncDiLoCo,
    recipe::AsyncMinibatch,
    recipe::AsyncSgd,
    recipe::Ata,
    recipe::Bi2Clip,
    recipe::Ca2fl,
    recipe::Clip2,
    recipe::ClippedAsyncSgd,
    recipe::CompressedAsyncSgd,
    recipe::CycleSgd,
    recipe::DcAsgd,
    recipe::DelayAdaptiveAsyncSgd,
    recipe::DynamicDcAsgd,
    recipe::Fadas,
    recipe::FedAsync,
    recipe::FedAvg,
    recipe::FedBuff,
    recipe::FederatedClippedAsyncSgd,
    recipe::GapAware,
    recipe::Halos,
    recipe::Ia2Sgd,
    recipe::LocalRingmaster,
    recipe::LocalSgd,
    recipe::Malenia,
    recipe::Mifa,
    recipe::MindFlayer,
    recipe::MinibatchSgd,
    recipe::MishchenkoAsyncSgd,
    recipe::NormalizedAsyncSgd,
    recipe::OrMo,
    recipe::OrMoDa,
    recipe::PickySgd,
    recipe::Port,
    recipe::PrivateAsyncSgd,
    recipe::RandomAsyncSgd,
    recipe::RandomReshuffling,
    recipe::Rennala,
    recipe::Ringleader,
    recipe::Ringmaster,
    recipe::RingmasterLmo,
    recipe::RingmasterMuon,
    recipe::RobustAsyncSgd,
    recipe::Sgd,
    recipe::SgdClip,
    recipe::ShiftedMomentum,
    recipe::ShuffleOnce,
    recipe::ShuffledAsyncSgd,
    recipe::Smega2,
    recipe::StalenessAwareAsyncSgd,
    recipe::TailOpt
>;

/// What is trained.
using Problems = TypeList<
    neural::Characters,
    neural::Images,
    problem::Logistic,
    problem::Quadratic,
    neural::Remote,
    neural::Sentences,
    problem::SyntheticLogistic,
    problem::SyntheticSoftmax,
    neural::Tensors,
    problem::Tridiagonal
>;
// clang-format on

/// Listed beside the components: how long jobs take, how fast workers are, how step sizes change.
using delay::DelayModels;
using delay::SpeedModels;
using policy::Schedules;

}  // namespace tailrace
