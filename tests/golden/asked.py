"""What is asked of ConvLens and has a known answer: selections of both pages, and the tensors behind them.

Every address here stands for something that somebody may have linked to; it goes on working.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

DIGIT = 2024
DRAWN = "perturb=pixels:eNpjYBgYcAIKqCkHBv___x-VG6ZydAAA0XNFjg"  # a thick 1 with a serif
PAIR = "fcn,cnn"

_PICTURES = {
    "post": f"{PAIR}/{DIGIT}/post.bin",
    "pre": f"{PAIR}/{DIGIT}/pre.bin",
    "without": f"{PAIR}/{DIGIT}/post.bin?off=cnn.conv2:0.5,fcn.dense1:7",
    "reference": f"{PAIR}/{DIGIT}/pre.bin?reference=7",
    "moved": f"{PAIR}/{DIGIT}/post.bin?perturb=rotation:15",
    "moved-reference": f"{PAIR}/{DIGIT}/post.bin?perturb=noise:0.2&reference=12",
    "drawn": f"{PAIR}/{DIGIT}/pre.bin?{DRAWN}",
    "others": f"fcn-matched,cnn-augmented/{DIGIT}/post.bin",
}
_OF = {key: f"/api/models/{key}" for key in ("fcn", "cnn")}
_ITS = {key: f"{root}/digits/{DIGIT}" for key, root in _OF.items()}
_LAYER = {key: f"{its}/layers" for key, its in _ITS.items()}
_JSON = {
    "models": "/api/models",
    "image": f"/api/digits/{DIGIT}",
    "readings": f"/api/readings?{DRAWN}",
    "fcn-answer": _ITS["fcn"],
    "cnn-answer": _ITS["cnn"],
    "cnn-answer-without": f"{_ITS['cnn']}?off=cnn.conv2:0",
    "cnn-answer-drawn": f"{_ITS['cnn']}?{DRAWN}",
    "cnn-cell-conv1": f"{_LAYER['cnn']}/conv1/cell?filter=3&cell=12,9",
    "cnn-cell-conv2": f"{_LAYER['cnn']}/conv2/cell?filter=17&cell=0,23",
    "cnn-cell-pool": f"{_LAYER['cnn']}/pool/cell?filter=17&cell=5,6",
    "cnn-cell-dense": f"{_LAYER['cnn']}/dense/cell?filter=40",
    "fcn-cell-dense1": f"{_LAYER['fcn']}/dense1/cell?filter=100",
    "fcn-cell-output": f"{_LAYER['fcn']}/output/cell?filter=4",
    "cnn-cell-moved": f"{_LAYER['cnn']}/conv2/cell?filter=2&cell=3,4&perturb=right:2",
    "cnn-channel": f"{_OF['cnn']}/layers/conv2/filters/5",
    "fcn-channel": f"{_OF['fcn']}/layers/output/filters/4",
    "cnn-tuning": f"{_OF['cnn']}/layers/conv1/filters/3/tuning",
    "cnn-neighbours": f"{_ITS['cnn']}/neighbours",
    "fcn-gradient": f"{_ITS['fcn']}/why/gradient",
    "cnn-integrated": f"{_ITS['cnn']}/why/integrated?target=4&against=9",
    "cnn-gradcam": f"{_ITS['cnn']}/why/gradcam?layer=conv2",
    "cnn-occlusion-random": f"{_ITS['cnn']}/why/occlusion?weights=random",
    "cnn-adversary": f"{_ITS['cnn']}/adversary",
}
_TENSORS = {
    "cnn-conv1-pre": f"{_LAYER['cnn']}/conv1.npy?stage=pre",
    "cnn-output-post": f"{_LAYER['cnn']}/output.npy?stage=post",
    "fcn-dense1-post": f"{_LAYER['fcn']}/dense1.npy",
    "cnn-partial": f"{_LAYER['cnn']}/conv2/partial.npy?filter=17",
    "fcn-terms": f"{_LAYER['fcn']}/output/terms.npy?filter=4&against=9",
    "fcn-why-integrated": f"{_ITS['fcn']}/why/integrated.npy",
    "cnn-plane": f"{_OF['cnn']}/arrangement/tsne.npy",
}
ASKED: Mapping[str, str] = MappingProxyType(
    {f"picture-{name}.bin": f"/pictures/VERSION/{path}" for name, path in _PICTURES.items()}
    | {f"{name}.json": path for name, path in _JSON.items()}
    | {f"{name}.npy": path for name, path in _TENSORS.items()}
    | {"cnn-snippet.txt": f"{_LAYER['cnn']}/conv2/keras.py?filter=17&cell=0,23"}
)  # by name of a file, addresses; VERSION stands for that of these very checkpoints

COMPARED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        f"compare-{pair.replace(',', '-and-')}-{model}.json": (pair, model)
        for pair, model in [*product((PAIR,), ("both", "cnn")), ("cnn,cnn-augmented", "both")]
    }
)  # by name of a file: which networks Compare shows, and its toggle
