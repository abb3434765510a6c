using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Everything else of the vocabulary, at the size of 16 frames of 512 x 512: what it costs is moving memory.</summary>
internal static class PointwiseCases
{
    private const string Group = "pointwise";
    private const int Frames = 16, Side = 64, Words = 77, Width = 768, Vocabulary = 49408;

    private static readonly Shape Latents = new(Frames, Side, Side, 4), Pictures = new(1, 512, 512, 3), Hidden = new(1, Side, Side, 1280);

    // Of the autoencoder's last block.
    private static readonly Shape Features = new(1, 512, 512, 128);

    // Of the last decoder of AMT-S, on pictures of 640 x 1024.
    private static readonly Shape Flows = new(1, 320, 512, 60);

    public static IEnumerable<Case> All()
    {
        yield return Of("combine 3, 16 x 64x64, 4", d =>
        {
            Tensor x = Inputs.Latents(d, Latents), x2 = Inputs.Latents(d, Latents), x3 = Inputs.Latents(d, Latents), y = d.Rent(Latents);
            return () => d.Kernels.Combine(y, 0.5f, x, 0.25f, x2, 0.125f, x3);
        });
        yield return Of("rescale guidance, 16 x 64x64, 4", d =>
        {
            Tensor positive = Inputs.Latents(d, Latents), negative = Inputs.Latents(d, Latents), y = d.Rent(Latents);
            return () => d.Kernels.RescaleGuidance(y, positive, negative, 7.5f, 0.7f);
        });
        yield return Of("channel moments, 512x512, 128", d =>
        {
            Tensor x = Inputs.Rent(d, Features), moments = d.Rent(ChannelMoments.ShapeOf(Features)!.Value);
            return () => d.Kernels.ChannelMoments(moments, x);
        });
        yield return Of("group norm by moments + SiLU, 512x512, 128", d =>
        {
            Tensor x = Inputs.Rent(d, Features), y = Inputs.Empty(d, Features), moments = d.Rent(ChannelMoments.ShapeOf(Features)!.Value);
            Tensor weight = Inputs.Rent(d, Shape.Vector(Features.C)), bias = Inputs.Rent(d, Shape.Vector(Features.C));
            d.Kernels.ChannelMoments(moments, x);
            return () => d.Kernels.GroupNorm(y, x, null, weight, bias, 32, 1e-5f, Activation.Silu, moments);
        });
        yield return Of("GELU, 64x64, 1280", d =>
        {
            Tensor x = Inputs.Rent(d, Hidden), y = Inputs.Empty(d, Hidden);
            return () => d.Kernels.Activate(y, x, Activation.Gelu);
        });
        yield return Of("PReLU with residual, 320x512, 60", d =>
        {
            Tensor x = Inputs.Rent(d, Flows), residual = Inputs.Rent(d, Flows), slope = Inputs.Rent(d, Shape.Vector(Flows.C));
            var y = Inputs.Empty(d, Flows);
            return () => d.Kernels.Prelu(y, x, slope, residual);
        });
        yield return Of("copy, 64x64, 1280", d =>
        {
            Tensor x = Inputs.Rent(d, Hidden), y = Inputs.Empty(d, Hidden);
            return () => d.Kernels.Copy(y, x);
        });
        yield return Of("copy 20 of 60 channels, 320x512", d =>
        {
            Tensor x = Inputs.Rent(d, new Shape(1, 320, 512, 60)), y = Inputs.Empty(d, x.Shape with { C = 20 });
            return () => d.Kernels.CopyChannels(y, 0, x, 40, 20);
        });
        yield return Of("resize bicubic, 16 x 64x64 -> 128x128, 4", d =>
        {
            Tensor x = Inputs.Latents(d, Latents), y = d.Rent(Latents with { H = 2 * Side, W = 2 * Side });
            return () => d.Kernels.Resize(y, x, Interpolation.Bicubic);
        });
        yield return Of("blend, 512x512, 3", d =>
        {
            Tensor a = Inputs.Rent(d, Pictures), b = Inputs.Rent(d, Pictures), y = Inputs.Empty(d, Pictures);
            var mask = Inputs.Rent(d, Pictures);
            return () => d.Kernels.Blend(y, a, b, mask, 1);
        });
        yield return Of("noise, 16 x 64x64, 4", d =>
        {
            var y = d.Rent(Latents);
            return () => d.Kernels.Noise(y, new NoiseKey(7, 1));
        });
        yield return Of("from bytes, 512x512, 3", d =>
        {
            var (y, rgb) = (d.Rent(Pictures), new byte[Pictures.Count]);
            return () => d.Kernels.FromBytes(y, rgb);
        });
        yield return Of("to bytes, 512x512, 3", d =>
        {
            var (x, rgb) = (Inputs.Latents(d, Pictures), new byte[Pictures.Count]);
            return () => d.Kernels.ToBytes(rgb, x);
        });
        yield return Of("embed, 77 words, 768", d =>
        {
            var table = Inputs.Latents(d, new Shape(1, 1, Vocabulary, Width));
            Tensor positions = Inputs.Latents(d, new Shape(1, 1, Words, Width)), y = d.Rent(positions.Shape);
            int[] ids = [.. Enumerable.Range(0, Words)];
            return () => d.Kernels.Embed(y, table, positions, ids);
        });
        yield return Of("count what is not finite, 16 x 64x64, 4", d =>
        {
            var x = Inputs.Latents(d, Latents);
            return () => d.Kernels.CountNonFinite(x);
        });
    }

    private static Case Of(string name, Func<Device, Action> prepare) => new(Group, name, prepare, []);
}
