"""Writes the reference values of the detection tests: instances.json, results.json and reference.json.

Run with pycocotools 2.0.11 and NumPy 2.4: python3 reference.py
"""

import json
import os

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

folder = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20170414)


def one_decimal(values):
    return [round(float(value), 1) for value in values]


# Twelve images and three categories; sizes from 8 to 200 pixels fill all area ranges; every tenth object is a
# crowd; image 3 has more than 100 detections of category 1; scores have two decimals, so that many are equal;
# category 3 has only crowds.
images = [{"id": 7 + 3 * i, "file_name": f"scene {i}.png", "width": 640, "height": 480} for i in range(12)]
categories = [{"id": 1, "name": "person"}, {"id": 2, "name": "car"}, {"id": 3, "name": "flock"}]
annotations, results = [], []
for number, image in enumerate(images):
    for category in (1, 2, 3):
        for _ in range(int(rng.integers(0, 6))):
            width, height = np.exp(rng.uniform(np.log(8), np.log(200), 2))
            x, y = rng.uniform(0, 640 - width), rng.uniform(0, 480 - height)
            box = one_decimal([x, y, width, height])
            crowd = int(category == 3 or rng.uniform() < 0.1)
            annotations.append({
                "id": len(annotations) + 1, "image_id": image["id"], "category_id": category, "bbox": box,
                "area": round(box[2] * box[3] * float(rng.uniform(0.5, 1)), 1), "iscrowd": crowd})
            for _ in range(int(rng.integers(0, 5)) + (4 if crowd else 0)):
                scale = np.array([width, height, width, height]) * rng.choice([0.02, 0.08, 0.2])
                x2, y2, w2, h2 = np.array([x, y, width, height]) + rng.normal(0, 1, 4) * scale
                results.append({
                    "image_id": image["id"], "category_id": category,
                    "bbox": one_decimal([x2, y2, max(w2, 1), max(h2, 1)]),
                    "score": round(float(rng.uniform(0, 1)), 2)})
        for _ in range(130 if number == 3 and category == 1 else int(rng.integers(0, 3))):
            results.append({
                "image_id": image["id"], "category_id": category,
                "bbox": one_decimal([*rng.uniform(0, 400, 2), *rng.uniform(5, 150, 2)]),
                "score": round(float(rng.uniform(0, 0.8)), 2)})
with open(os.path.join(folder, "instances.json"), "w") as file:
    json.dump({"images": images, "annotations": annotations, "categories": categories}, file)
with open(os.path.join(folder, "results.json"), "w") as file:
    json.dump(results, file)

truth = COCO(os.path.join(folder, "instances.json"))
evaluation = COCOeval(truth, truth.loadRes(os.path.join(folder, "results.json")), "bbox")
evaluation.evaluate()
evaluation.accumulate()
evaluation.summarize()
precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]


def nested(array):
    return [float(value) for value in np.asarray(array).ravel()]


def mean_where_defined(array):
    return float(np.mean(array[array > -1]))


reference = {
    # AP, AP50, AP75, AP small, medium, large, AR 1, 10, 100, AR small, medium, large
    "summary": nested(evaluation.stats),
    "averagePrecisionByThreshold": [mean_where_defined(precision[t, :, :, 0, 2]) for t in range(10)],
    "averagePrecisionByMaximum": [mean_where_defined(precision[:, :, :, 0, m]) for m in range(3)],
    "averageRecallByThreshold": [mean_where_defined(recall[t, :, 0, 2]) for t in range(10)],
    "precisionAt50OfCategory1": nested(precision[0, :, 0, 0, 2]),
    "overlapThresholds": nested(evaluation.params.iouThrs),
    "recallLevels": nested(evaluation.params.recThrs),
}


# The Pascal VOC measures on the same data: a crowd stands for a difficult object, and a box [x, y, w, h] for the
# pixels x to x + w, both included. A list of the detections by score is walked once, and the eleven levels are
# compared in tenths of the objects, not as decimals.
def edges(box):
    return box[0], box[1], box[0] + box[2], box[1] + box[3]


def overlap(a, b):
    a, b = edges(a), edges(b)
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(c[2] - c[0] + 1) * (c[3] - c[1] + 1) for c in (a, b)]
    return width * height / (sum(areas) - width * height)


def pascal_voc(category, threshold):
    objects = {}
    for annotation in annotations:
        if annotation["category_id"] == category:
            objects.setdefault(annotation["image_id"], []).append([annotation["bbox"], annotation["iscrowd"], False])
    count = sum(not crowd for values in objects.values() for _, crowd, _ in values)
    found, wrong, points = 0, 0, []
    for result in sorted((r for r in results if r["category_id"] == category), key=lambda r: -r["score"]):
        candidates = objects.get(result["image_id"], [])
        overlaps = [overlap(result["bbox"], candidate[0]) for candidate in candidates]
        best = int(np.argmax(overlaps)) if overlaps else None
        if best is not None and overlaps[best] >= threshold:
            if candidates[best][1]:
                continue
            if candidates[best][2]:
                wrong += 1
            else:
                candidates[best][2] = True
                found += 1
        else:
            wrong += 1
        points.append((found, found / (found + wrong)))
    eleven = sum(max([p for f, p in points if 10 * f >= k * count], default=0.0) for k in range(11)) / 11
    area = 0.0
    for target in range(1, found + 1):
        area += max(p for f, p in points if f >= target) / count
    return [eleven, area]


reference["pascalVOC"] = {
    f"{category} {threshold}": pascal_voc(category, threshold) for category in (1, 2) for threshold in (0.3, 0.5, 0.7)}

with open(os.path.join(folder, "reference.json"), "w") as file:
    json.dump(reference, file, indent=1)
