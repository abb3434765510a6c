using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Thin products added to a matrix, against sums in float64.</summary>
public sealed class RankUpdateTests
{
    [Theory]
    [InlineData(1, 1, new[] { 1 })]
    [InlineData(6, 16, new[] { 4 })]
    [InlineData(7, 65, new[] { 3, 1 })]
    [InlineData(97, 33, new[] { 8, 5, 130 })]
    [InlineData(200, 129, new[] { 2, 31 })]
    public void Every_width_of_vectors_gives_the_sums(int rows, int columns, int[] ranks)
    {
        var (y, terms) = Inputs(rows, columns, ranks);
        double[] wanted = [.. y.Select(value => (double)value)];
        foreach (var (up, down, rank, scale) in terms)
        {
            for (int i = 0; i < wanted.Length; i++)
            {
                for (int k = 0; k < rank; k++)
                    wanted[i] += scale * (double)up.Span[(i / columns * rank) + k] * down.Span[(k * columns) + (i % columns)];
            }
        }

        foreach (int bits in new[] { 128, 256, 512 })
        {
            float[] got = Updated(y, columns, terms, 1, bits);
            Assert.InRange(Relative.Error(got, wanted), 0, 1e-6);
            Assert.Equal(got, Updated(y, columns, terms, 3, bits));
        }
    }

    [Fact]
    public void Factors_of_another_size_are_refused()
    {
        using var update = new RankUpdate(1);
        Assert.Throws<ArgumentException>(() => update.Add(new float[6], 3, new RankTerm(new float[3], new float[3], 1, 1)));
        Assert.Throws<ArgumentException>(() => update.Add(new float[6], 3, new RankTerm(new float[2], new float[4], 1, 1)));
    }

    private static (float[] Y, RankTerm[] Terms) Inputs(int rows, int columns, int[] ranks)
    {
        var draw = new Draw(rows + columns);
        return (draw.Normals(rows * columns),
            [.. ranks.Select(rank => new RankTerm(draw.Normals(rows * rank), draw.Normals(columns * rank), rank, 0.5f / rank))]);
    }

    private static float[] Updated(float[] y, int columns, RankTerm[] terms, int threads, int bits)
    {
        float[] result = [.. y];
        using var update = new RankUpdate(threads, bits);
        update.Add(result, columns, terms);
        return result;
    }
}
