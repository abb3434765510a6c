using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Random values and epilogues.</summary>
internal static class Drawn
{
    extension(Values)
    {
        public static Values Normal(Draw draw, Shape shape, float deviation = 1, float mean = 0) =>
            new(shape, draw.Normals(shape.Count, deviation, mean));

        /// <summary>
        /// Numbers that binary16 holds exactly: for definitions that cancel or jump, where a device that stores halves would otherwise
        /// compute something else.
        /// </summary>
        public static Values Halves(Draw draw, Shape shape, float deviation = 1, float mean = 0) =>
            new(shape, [.. draw.Normals(shape.Count, deviation, mean).Select(value => (float)(Half)value)]);
    }

    extension(EpilogueValues)
    {
        /// <summary>Any of its forms, for a result of this shape.</summary>
        public static EpilogueValues Any(Draw draw, Shape y) => new(
            draw.Once(2) ? Values.Normal(draw, Shape.Vector(y.C)) : null,
            draw.Once(3) ? Values.Normal(draw, Shape.Vector(y.C) with { N = draw.Of(1, y.N) }) : null,
            draw.Once(2) ? Values.Normal(draw, y) : null,
            draw.Of(Enum.GetValues<Activation>()));
    }
}
