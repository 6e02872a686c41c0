"""PyTorch in eager mode at the work of `Scripts/bench deep-learning`, as its users write it.

Parameters come as arrays p0, p1, … in the order in which our model visits them; a linear layer's weight is
[inputs, outputs], the transpose of PyTorch's. Each case's results are the loss and all gradients in that order, of the
first step.
"""

import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from protocol import case, serve

threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
torch.set_num_threads(threads)
torch.manual_seed(0)


def tensor(array):
    return torch.from_numpy(np.ascontiguousarray(array))


class Loader:
    """Fills a module's parameters in our order, and gives their gradients back in that order and layout."""

    def __init__(self, arrays):
        self.arrays = arrays
        self.slots = []

    def set(self, parameter, *transposed):
        """The next array into a parameter; with axes, PyTorch's layout is our array permuted by them."""
        array = tensor(self.arrays[f"p{len(self.slots)}"])
        with torch.no_grad():
            value = array.permute(*transposed) if transposed else array
            parameter.copy_(value.reshape(parameter.shape))
        self.slots.append((parameter, transposed, value.shape))

    def linear(self, layer):
        self.set(layer.weight, 1, 0)
        if layer.bias is not None:
            self.set(layer.bias)

    def norm(self, layer):
        self.set(layer.weight)
        self.set(layer.bias)

    def gradients(self):
        result = []
        for parameter, transposed, shape in self.slots:
            # What the loss does not depend on has none.
            gradient = torch.zeros(shape) if parameter.grad is None else parameter.grad.reshape(shape)
            if transposed:
                inverse = [transposed.index(axis) for axis in range(len(transposed))]
                gradient = gradient.permute(*inverse)
            result.append(gradient.detach().numpy().copy())
        return result

    def parameters(self):
        return [parameter for parameter, _, _ in self.slots]


def training(loader, loss_function):
    """An Adam step; its results are the loss and the gradients before the step."""
    optimizer = torch.optim.Adam(loader.parameters(), lr=1e-3)

    def work():
        optimizer.zero_grad()
        loss = loss_function()
        loss.backward()
        optimizer.step()
        return loss

    return work, lambda loss: [[loss.item()], *loader.gradients()]


def perceptron(widths, activation, loader):
    layers = []
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if index < len(widths) - 2:
            layers.append(activation())
    model = nn.Sequential(*layers)
    for layer in model:
        if isinstance(layer, nn.Linear):
            loader.linear(layer)
    return model


@case
def perceptron_step(settings, arrays):
    loader = Loader(arrays)
    model = perceptron([2, 64, 64, 1], nn.Tanh, loader)
    x, y = tensor(arrays["x"]), tensor(arrays["y"])
    return training(loader, lambda: F.mse_loss(model(x), y))


@case
def fokker_planck_step(settings, arrays):
    loader = Loader(arrays)
    model = perceptron([3, 80, 80, 80, 1], lambda: nn.Softplus(beta=100), loader)
    points = tensor(arrays["x"])

    def loss():
        x = points.clone().requires_grad_(True)
        u = model(x)
        gradient = torch.autograd.grad(u.sum(), x, create_graph=True)[0]
        laplacian = sum(
            torch.autograd.grad(gradient[:, axis].sum(), x, create_graph=True)[0][:, axis] for axis in range(2)
        )
        space = gradient[:, :2]
        drift = (x[:, :2] * space).sum(dim=1)
        residual = gradient[:, 2] - 2 - drift - 0.5 * ((space**2).sum(dim=1) + laplacian)
        return (residual**2).mean()

    return training(loader, loss)


@case
def hessian_vector_product(settings, arrays):
    loader = Loader(arrays)
    model = perceptron([2, 64, 64, 1], nn.Tanh, loader)
    x, y = tensor(arrays["x"]), tensor(arrays["y"])
    parameters = loader.parameters()
    direction = []
    for index, (_, transposed, _) in enumerate(loader.slots):
        value = tensor(arrays[f"v{index}"])
        direction.append(value.permute(*transposed).contiguous() if transposed else value)

    def work():
        gradients = torch.autograd.grad(F.mse_loss(model(x), y), parameters, create_graph=True)
        slope = sum((g * v).sum() for g, v in zip(gradients, direction))
        return torch.autograd.grad(slope, parameters)

    def results(products):
        return [
            (product.permute(1, 0) if transposed else product).detach().numpy()
            for product, (_, transposed, _) in zip(products, loader.slots)
        ]

    return work, results


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.network_norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, time, width = x.shape
        z = self.attention_norm(x)
        q, k, v = (
            layer(z).view(batch, time, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        read = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(read.transpose(1, 2).reshape(batch, time, width))
        return x + self.down(F.gelu(self.up(self.network_norm(x))))


@case
def transformer_step(settings, arrays):
    vocabulary, width, time, depth, heads = (
        int(settings[name]) for name in ("vocabulary", "width", "time", "depth", "heads")
    )
    embedding, positions = nn.Embedding(vocabulary, width), nn.Parameter(torch.zeros(time, width))
    blocks = [Block(width, heads) for _ in range(depth)]
    norm = nn.LayerNorm(width)
    loader = Loader(arrays)
    loader.set(embedding.weight)
    loader.set(positions)
    for block in blocks:
        loader.norm(block.attention_norm)
        for layer in (block.query, block.key, block.value, block.output):
            loader.linear(layer)
        loader.norm(block.network_norm)
        loader.linear(block.up)
        loader.linear(block.down)
    loader.norm(norm)
    tokens, targets = tensor(arrays["x"]).long(), tensor(arrays["y"]).long()

    def loss():
        x = embedding(tokens) + positions
        for block in blocks:
            x = block(x)
        logits = norm(x) @ embedding.weight.T
        return F.cross_entropy(logits.view(-1, vocabulary), targets.view(-1))

    return training(loader, loss)


@case
def lstm_step(settings, arrays):
    inputs, width = int(settings["inputs"]), int(settings["width"])
    lstm = nn.LSTM(inputs, width, batch_first=True)
    head = nn.Linear(width, 1)
    loader = Loader(arrays)
    loader.set(lstm.weight_ih_l0, 1, 0)
    loader.set(lstm.weight_hh_l0, 1, 0)
    loader.set(lstm.bias_ih_l0)
    loader.linear(head)
    with torch.no_grad():
        lstm.bias_hh_l0.zero_()
    # Ours has one bias; PyTorch's second stays zero and untrained.
    lstm.bias_hh_l0.requires_grad_(False)
    x, y = tensor(arrays["x"]), tensor(arrays["y"])

    def loss():
        hidden, _ = lstm(x)
        return F.mse_loss(head(hidden[:, -1]), y)

    return training(loader, loss)


def selective_scan(x, delta, a, b, c):
    """The sequential scan of the paper's reference, a step at a time; unbound, since an index in the loop would make the
    backward pass write the whole array for every step."""
    transition = torch.exp(delta.unsqueeze(-1) * a)  # [batch, time, channels, states]
    pushed = (delta * x).unsqueeze(-1) * b.unsqueeze(2)
    state = torch.zeros_like(pushed[:, 0])
    outputs = []
    for factor, added, reading in zip(transition.unbind(1), pushed.unbind(1), c.unbind(1)):
        state = factor * state + added
        outputs.append(torch.einsum("bdn,bn->bd", state, reading))
    return torch.stack(outputs, dim=1)


@case
def selective_scan_step(settings, arrays):
    width, channels, states, rank, taps = (
        int(settings[name]) for name in ("width", "channels", "states", "rank", "taps")
    )
    into, out = nn.Linear(width, 2 * channels, bias=False), nn.Linear(channels, width, bias=False)
    convolution = nn.Conv1d(channels, channels, taps, groups=channels, padding=taps - 1)
    selection = nn.Linear(channels, rank + 2 * states, bias=False)
    step = nn.Linear(rank, channels)
    log_a, skip = nn.Parameter(torch.zeros(channels, states)), nn.Parameter(torch.zeros(channels))
    loader = Loader(arrays)
    loader.linear(into)
    # Ours is [taps, channels].
    loader.set(convolution.weight, 1, 0)
    loader.set(convolution.bias)
    loader.linear(selection)
    loader.linear(step)
    loader.set(log_a)
    loader.set(skip)
    loader.linear(out)
    inputs, targets = tensor(arrays["x"]), tensor(arrays["y"])

    def loss():
        x, gate = into(inputs).chunk(2, dim=-1)
        x = F.silu(convolution(x.transpose(1, 2))[..., : inputs.shape[1]].transpose(1, 2))
        low, b, c = selection(x).split([rank, states, states], dim=-1)
        y = selective_scan(x, F.softplus(step(low)), -torch.exp(log_a), b, c) + x * skip
        return F.mse_loss(out(y * F.silu(gate)), targets)

    return training(loader, loss)


@case
def convolution_step(settings, arrays):
    channels = [int(settings[f"channels{index}"]) for index in range(4)]
    convolutions = [nn.Conv2d(i, o, 3, padding=1) for i, o in zip(channels, channels[1:])]
    head = nn.Linear(channels[-1] * 16, 10)
    loader = Loader(arrays)
    for layer in convolutions:
        loader.set(layer.weight)
        loader.set(layer.bias)
    loader.linear(head)
    images, labels = tensor(arrays["x"]), tensor(arrays["y"]).long()

    def loss():
        x = images
        for layer in convolutions:
            x = F.max_pool2d(F.relu(layer(x)), 2)
        return F.cross_entropy(head(x.flatten(1)), labels)

    return training(loader, loss)


serve(f"PyTorch {torch.__version__} (eager, CPU)")
