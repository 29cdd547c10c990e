"""Writes a model of one's own and its data for Tailrace into the folder it runs in. See README.md.

Needs PyTorch alone (Debian: apt-get install python3-torch).
"""

import json
import struct

import torch


class Waves(torch.nn.Module):
    """Tells slow waves from fast ones in 64 noisy values."""

    def __init__(self):
        super().__init__()
        self.filters = torch.nn.Conv1d(1, 16, kernel_size=9, padding=4)
        self.classes = torch.nn.Linear(16, 4)

    def forward(self, values):
        features = torch.relu(self.filters(values.unsqueeze(1)))
        return self.classes(features.mean(dim=2))


def make_samples(count):
    """Each class has its own frequency; phase and noise are each sample's."""
    targets = torch.randint(4, (count,))
    phases = 2 * torch.pi * torch.rand(count, 1)
    waves = torch.sin((0.3 + 0.2 * targets.unsqueeze(1)) * torch.arange(64) + phases)
    return {"inputs": waves + torch.randn(count, 64), "targets": targets}


def save(tensors, file):
    """The safetensors format; save_file() of the package of that name writes the same."""
    header, numbers = {}, b""
    for name, tensor in tensors.items():
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        begin = len(numbers)
        numbers += tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header).encode()
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + numbers)


torch.manual_seed(1)
torch.jit.script(Waves()).save("waves.pt")
save(make_samples(4000), "waves.safetensors")
save(make_samples(1000), "waves_test.safetensors")
