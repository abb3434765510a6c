using EvsNative.Kernels;
using EvsNative.Kernels.Definitions;

namespace EvsNative.Bench;

/// <summary>Products, convolutions and attention with numbers by formula, and what an element of their results is by definition.</summary>
internal static class AgreeCalls
{
    private static readonly AgreeNumbers X = new(1), X2 = new(2), Bias = new(3), PerImage = new(4), Residual = new(5);
    private static readonly AgreeNumbers K = new(6), V = new(7);

    /// <summary>A linear layer on rows of an image.</summary>
    public static AgreeCase Linear(
        int rows, int inputs, int outputs, Activation activation = Activation.None, bool hasResidual = false) => new(
        $"product {rows} x {inputs} x {outputs}{Word(activation)}{(hasResidual ? " + residual" : "")}",
        (d, images) =>
        {
            var w = AgreeNumbers.Weights(8, inputs);
            var filter = w.Pack(d, new FilterShape(outputs, inputs));
            Tensor x = X.On(d, Rows(images, rows, inputs), d.Precision), y = d.Rent(Rows(images, rows, outputs), d.Precision);
            Tensor? residual = hasResidual ? Residual.On(d, y.Shape, d.Precision) : null;
            var epilogue = new Epilogue(Bias.On(d, Shape.Vector(outputs), ElementType.Float32), Residual: residual, Activation: activation);
            return new AgreeTrial([y], () => d.Kernels.Linear(y, x, filter, epilogue), [filter], (_, at) =>
                Elementary.Activate(Dot(w, at / outputs, (int)(at % outputs), inputs) + Bias[at % outputs], activation)
                + (hasResidual ? Residual[at] : 0));
        });

    /// <summary>q, k and v of one product.</summary>
    public static AgreeCase Split(int rows, int inputs, int width) => new(
        $"q, k, v {rows} x {inputs} x 3 x {width}",
        (d, images) =>
        {
            const int Sections = 3;
            var w = AgreeNumbers.Weights(9, inputs);
            var filter = w.Pack(d, new FilterShape(Sections * width, inputs, Sections: Sections));
            var x = X.On(d, Rows(images, rows, inputs), d.Precision);
            Tensor[] ys = [.. Enumerable.Range(0, Sections).Select(_ => d.Rent(Rows(images, rows, width), d.Precision))];
            return new AgreeTrial(ys, () => d.Kernels.LinearSplit(ys, x, filter, null), [filter], (section, at) =>
                Dot(w, at / width, (section * width) + (int)(at % width), inputs));
        });

    /// <summary>GEGLU, to width channels.</summary>
    public static AgreeCase Geglu(int rows, int inputs, int width) => new(
        $"GEGLU {rows} x {inputs} x 2 x {width}",
        (d, images) =>
        {
            var w = AgreeNumbers.Weights(10, inputs);
            var filter = w.Pack(d, new FilterShape(2 * width, inputs, IsGated: true));
            Tensor x = X.On(d, Rows(images, rows, inputs), d.Precision), y = d.Rent(Rows(images, rows, width), d.Precision);
            var bias = Bias.On(d, Shape.Vector(2 * width), ElementType.Float32);
            return new AgreeTrial([y], () => d.Kernels.LinearGeglu(y, x, filter, bias), [filter], (_, at) =>
            {
                int o = (int)(at % width);
                double gate = Dot(w, at / width, o + width, inputs) + Bias[o + width];
                return (Dot(w, at / width, o, inputs) + Bias[o]) * Elementary.Activate(gate, Activation.Gelu);
            });
        });

    /// <summary>A convolution with a bias; with a vector for each image and a residual too, where it is a plain one.</summary>
    /// <param name="size">height and width of the input</param>
    /// <param name="inputs">channels of the first input</param>
    /// <param name="outputs">channels of the result</param>
    /// <param name="second">channels of a second input</param>
    /// <param name="kernel">1 or 3</param>
    /// <param name="geometry">stride, padding; enlargement to twice the size if it says any</param>
    public static AgreeCase Conv(
        (int H, int W) size, int inputs, int outputs, int second = 0, int kernel = 3, ConvGeometry? geometry = null) => new(
        $"conv {kernel}x{kernel} {inputs}{(second > 0 ? $"+{second}" : "")} -> {outputs}, {size.H}x{size.W}{Word(geometry)}",
        (d, images) =>
        {
            var g = geometry ?? new ConvGeometry(Stride: 1);
            var (h, w) = g.Upsampled ?? size;
            var weights = AgreeNumbers.Weights(11, (inputs + second) * kernel * kernel);
            var filter = weights.Pack(d, new FilterShape(outputs, inputs + second, kernel));
            var shape = new Shape(images, size.H, size.W, inputs);
            var x = X.On(d, shape, d.Precision);
            Tensor? x2 = second > 0 ? X2.On(d, shape with { C = second }, d.Precision) : null;
            var y = d.Rent(new Shape(images, h / g.Stride, w / g.Stride, outputs), d.Precision);
            bool isPlain = geometry is null && second == 0;
            var epilogue = new Epilogue(
                Bias.On(d, Shape.Vector(outputs), ElementType.Float32),
                isPlain ? PerImage.On(d, new Shape(images, 1, 1, outputs), ElementType.Float32) : null,
                isPlain ? Residual.On(d, y.Shape, d.Precision) : null);
            return new AgreeTrial([y], () => d.Kernels.Conv2d(y, x, x2, filter, g, epilogue), [filter], (_, at) =>
            {
                int o = (int)(at % outputs), j = (int)(at / outputs % y.Shape.W), i = (int)(at / outputs / y.Shape.W % y.Shape.H);
                long n = at / outputs / y.Shape.Pixels;
                int before = g.Padding == ConvPadding.Same ? kernel / 2 : 0;
                double sum = Bias[o] + (isPlain ? PerImage[(n * outputs) + o] + Residual[at] : 0);
                for (int u = 0; u < kernel; u++)
                {
                    for (int v = 0; v < kernel; v++)
                    {
                        int row = (g.Stride * i) + u - before, column = (g.Stride * j) + v - before;
                        if (row < 0 || row >= h || column < 0 || column >= w) continue;
                        long pixel = (((n * size.H) + (row * size.H / h)) * size.W) + (column * size.W / w);
                        for (int c = 0; c < inputs + second; c++)
                        {
                            double value = c < inputs ? X[(pixel * inputs) + c] : X2[(pixel * second) + c - inputs];
                            sum += value * weights[((((((long)o * (inputs + second)) + c) * kernel) + u) * kernel) + v];
                        }
                    }
                }

                return sum;
            });
        });

    /// <summary>A convolution whose result is normed: the norm may take its moments from it.</summary>
    public static AgreeCase ConvThenNorm(int size, int inputs, int outputs) => new(
        $"conv 3x3 {inputs} -> {outputs}, {size}x{size}, then group norm + SiLU",
        (d, images) =>
        {
            var filter = AgreeNumbers.Weights(12, inputs * 9).Pack(d, new FilterShape(outputs, inputs, 3));
            var x = X.On(d, new Shape(images, size, size, inputs), d.Precision);
            Tensor between = d.Rent(x.Shape with { C = outputs }, d.Precision), y = d.Rent(between.Shape, d.Precision);
            Tensor bias = Bias.On(d, Shape.Vector(outputs), ElementType.Float32), weight = K.On(d, bias.Shape, ElementType.Float32);
            var moments = d.RentMoments(between.Shape);
            return new AgreeTrial([between, y], () =>
            {
                d.Kernels.Conv2d(between, x, null, filter, new ConvGeometry(Stride: 1), new Epilogue(bias, Moments: moments));
                d.Kernels.GroupNorm(y, between, null, weight, bias, 32, 1e-5f, Activation.Silu, moments);
            }, [filter], null);
        });

    /// <summary>Attention of images' own tokens, or of theirs to keys that all share.</summary>
    public static AgreeCase Attention(int queries, int keys, int heads, int channels) => new(
        $"attention {queries} to {keys} tokens, {heads} x {channels / heads}",
        (d, images) => Attend(
            d, new Shape(images, 1, queries, channels), new Shape(queries == keys ? images : 1, 1, keys, channels),
            new AttentionOptions(heads)));

    /// <summary>Attention through the frames of one video.</summary>
    public static AgreeCase Frames(int size, int frames, int heads, int channels) => new(
        $"attention through {frames} frames of {size}x{size}, {heads} x {channels / heads}",
        (d, videos) =>
        {
            var shape = new Shape(videos * frames, size, size, channels);
            return Attend(d, shape, shape, new AttentionOptions(heads, SequenceAxis.Frames, frames));
        });

    private static AgreeTrial Attend(Device d, Shape q, Shape k, AttentionOptions options)
    {
        Tensor on = X.On(d, q, d.Precision), keys = K.On(d, k, d.Precision), values = V.On(d, k, d.Precision), y = d.Rent(q, d.Precision);
        int channels = q.C, head = channels / options.Heads;
        bool isThroughFrames = options.Axis == SequenceAxis.Frames;
        long length = isThroughFrames ? options.Frames : k.Pixels, step = isThroughFrames ? q.Pixels * channels : channels;
        return new AgreeTrial([y], () => d.Kernels.Attention(y, on, keys, values, options), [], (_, at) =>
        {
            long row = at / channels, image = row / q.Pixels;
            int first = (int)(at % channels / head * head);
            long begin = isThroughFrames ? ((image / options.Frames * options.Frames * q.Pixels) + (row % q.Pixels)) * channels
                : k.N == 1 ? 0 : image * k.Pixels * channels;
            double[] scores = new double[length];
            for (long t = 0; t < length; t++)
                for (int c = 0; c < head; c++) scores[t] += X[(row * channels) + first + c] * K[begin + (t * step) + first + c];
            double most = scores.Max(), total = 0, sum = 0;
            for (long t = 0; t < length; t++)
            {
                double weight = Math.Exp((scores[t] - most) / Math.Sqrt(head));
                total += weight;
                sum += weight * V[begin + (t * step) + (at % channels)];
            }

            return sum / total;
        });
    }

    private static double Dot(AgreeNumbers weights, long row, int output, int inputs)
    {
        double sum = 0;
        for (int c = 0; c < inputs; c++) sum += X[(row * inputs) + c] * weights[((long)output * inputs) + c];
        return sum;
    }

    private static Shape Rows(int images, int rows, int channels) => new(images, 1, rows, channels);

    private static string Word(Activation activation) => activation == Activation.None ? "" : $", {activation}";

    private static string Word(ConvGeometry? geometry) => geometry switch
    {
        null => "",
        { Upsampled: { } size } => $", to {size.H}x{size.W} first",
        { Padding: ConvPadding.After } => ", stride 2, zeros behind",
        _ => ", stride 2",
    };
}
