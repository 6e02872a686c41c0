/// An object that an annotator marked in an image.
public struct GroundTruthObject: Sendable, Hashable {
    /// The image, by its identifier in the data set.
    public var image: Int
    /// The category, by its identifier in the data set.
    public var category: Int
    public var box: Box
    /// The area of the object in square pixels. In COCO's files it is that of the object's outline, and so
    /// smaller than the box's; it decides which area range the object belongs to.
    public var area: Double
    /// The box surrounds a group of objects (COCO's `iscrowd`).
    public var isCrowd: Bool
    /// The object is hard to recognise and counts neither for nor against a detector (Pascal VOC's `difficult`).
    public var isDifficult: Bool

    /// - Parameters:
    ///   - image: the image's number.
    ///   - category: the class's number.
    ///   - box: in pixels.
    ///   - area: the object's area in square pixels; the box's own where it is nil.
    ///   - isCrowd: whether the box holds a crowd (COCO), which matches any number of detections and is not counted.
    ///   - isDifficult: whether the object is marked difficult (VOC) and left out of the count.
    public init(
        image: Int, category: Int, box: Box, area: Double? = nil, isCrowd: Bool = false, isDifficult: Bool = false
    ) {
        self.image = image
        self.category = category
        self.box = box
        self.area = area ?? box.area()
        self.isCrowd = isCrowd
        self.isDifficult = isDifficult
    }
}

/// An object that a detector reports in an image.
public struct Detection: Sendable, Hashable {
    /// The image, by its identifier in the data set.
    public var image: Int
    /// The category, by its identifier in the data set.
    public var category: Int
    public var box: Box
    /// How certain the detector is; only the order of scores matters to evaluation.
    public var score: Double

    public init(image: Int, category: Int, box: Box, score: Double) {
        self.image = image
        self.category = category
        self.box = box
        self.score = score
    }
}

/// Annotated images: what a detector's output is scored against.
public struct DetectionDataset: Sendable, Hashable {
    /// An image of the data set.
    public struct Image: Sendable, Hashable {
        public var identifier: Int
        /// The file's name, or its name without an extension where the data set refers to images so.
        public var name: String
        /// In pixels.
        public var width: Int
        /// In pixels.
        public var height: Int

        public init(identifier: Int, name: String, width: Int, height: Int) {
            self.identifier = identifier
            self.name = name
            self.width = width
            self.height = height
        }
    }

    /// A kind of object.
    public struct Category: Sendable, Hashable {
        public var identifier: Int
        public var name: String

        public init(identifier: Int, name: String) {
            self.identifier = identifier
            self.name = name
        }
    }

    public var images: [Image]
    public var categories: [Category]
    public var objects: [GroundTruthObject]

    public init(images: [Image], categories: [Category], objects: [GroundTruthObject]) {
        self.images = images
        self.categories = categories
        self.objects = objects
    }
}

/// One image and one category: what detections and objects are matched within.
struct ImageAndCategory: Hashable, Comparable {
    var image: Int
    var category: Int

    static func < (left: Self, right: Self) -> Bool {
        (left.image, left.category) < (right.image, right.category)
    }
}

/// The positions of the elements in decreasing order of their scores; equal scores in the order given.
func decreasingOrder(of scores: [Double]) -> [Int] {
    scores.indices.sorted { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
}
