using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

public sealed class FeatureTapeTests : IDisposable
{
    private static readonly Shape Tokens = new(2, 3, 4, 16);

    private readonly Device _d = Device.Open();
    private readonly Draw _draw = new(11);

    public void Dispose() => _d.Dispose();

    [Fact]
    public void Injection_with_gamma_one_reproduces_the_recorded_pass()
    {
        float[] recorded = [], injected = [];
        WithAttention(gamma: 1, (attention, tape) =>
        {
            recorded = Attend(attention, tape.Recording(3));
            injected = Attend(attention, tape.Injecting(3));
        });
        Assert.InRange(Relative.Error(injected, recorded), 0, 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Injection_with_less_gamma_depends_on_the_latents(double gamma)
    {
        float[] recorded = [], injected = [];
        WithAttention(gamma, (attention, tape) =>
        {
            recorded = Attend(attention, tape.Recording(3));
            injected = Attend(attention, tape.Injecting(3));
        });
        Assert.True(Relative.Error(injected, recorded) > 1e-3);
    }

    [Fact]
    public void Only_named_features_are_kept_and_only_at_their_step()
    {
        using var tape = new FeatureTape(_d, new HashSet<string> { "a.k", "a.q" }, 0.25);
        var (k, q, other) = (_draw.Normals(_d, Tokens), _draw.Normals(_d, Tokens), _draw.Normals(_d, Tokens));
        var tap = tape.Recording(2);
        Assert.Equal((true, true, false), (tap.Wants("a.k"), tap.Wants("a.q"), tap.Wants("a.v")));
        Assert.Null(tap.Injected("a.k"));
        tap.Observe("a.k", k);
        tap.Observe("a.q", q);
        tap.Observe("a.v", other);
        float[] expected = _d.Download(k);
        _d.Write(k, new float[Tokens.Count]);

        Assert.Null(tape.Injecting(1));
        var back = tape.Injecting(2)!;
        Assert.Equal((true, false), (back.Wants("a.k"), back.Wants("a.v")));
        Assert.Null(back.Injected("a.v"));
        Assert.Equal(expected, _d.Download(back.Injected("a.k")!.Value.Recorded));
        Assert.Equal((1f, 0.25f), (back.Injected("a.k")!.Value.Weight, back.Injected("a.q")!.Value.Weight));
        Assert.Equal(2 * Tokens.Count * sizeof(float), tape.Bytes);
    }

    [Fact]
    public void Recorded_features_are_given_back_at_the_end()
    {
        long before = _d.PersistentBytes;
        using (var tape = new FeatureTape(_d, new HashSet<string> { "a" }, 1))
        {
            tape.Recording(1).Observe("a", _draw.Normals(_d, Tokens));
            tape.Recording(2).Observe("a", _draw.Normals(_d, Tokens));
            Assert.True(_d.PersistentBytes > before);
        }

        Assert.Equal(before, _d.PersistentBytes);
    }

    private float[] Attend(SelfAttention attention, IFeatureTap? tap)
    {
        var x = _draw.Normals(_d, Tokens);
        var nothing = _d.Upload(new float[Tokens.Count], Tokens);
        return _d.Download(attention.Forward(_d, x, residual: nothing, tap: tap));
    }

    private void WithAttention(double gamma, Action<SelfAttention, FeatureTape> test)
    {
        var file = new FormulaWeights();
        var attention = new SelfAttention(new WeightStore(_d, file).Root / "attn1", channels: 16, heads: 2);
        using var tape = new FeatureTape(_d, new HashSet<string> { "attn1.q", "attn1.k", "attn1.v" }, gamma);
        test(attention, tape);
    }
}
