import Mathematics

/// Constants of the hydrogen molecule (h2-scattering-length, arXiv:2502.01877).
public enum HydrogenMolecule {
    /// The mass of the proton in electron masses (CODATA 2018).
    public static let protonMass = 1836.15267343
    /// μ of two bare protons, in electron masses.
    public static let nuclearReducedMass = protonMass / 2
    /// μ of two hydrogen atoms, each with its electron, in electron masses.
    public static let atomicReducedMass = (protonMass + 1) / 2
    /// The hyperfine splitting of the hydrogen atom's ground state in cm⁻¹: 1420.405751768 MHz over c.
    public static let hyperfineSplitting = 1420.405751768e6 / 29_979_245_800

    /// Where two atoms with total spins F dissociate to, in cm⁻¹ from the mean over the hyperfine levels: an atom with
    /// F = 1 lies a quarter of the splitting above it and one with F = 0 three quarters below.
    ///
    /// Subtract the level's own shift and add this one to refer a binding energy to one of the limits.
    ///
    /// - Throws: ``RadialEquationError`` for a spin other than 0 or 1.
    public static func hyperfineLimit(firstSpin: Int, secondSpin: Int) throws(RadialEquationError) -> Double {
        var shift = 0.0
        for (name, spin) in [("firstSpin", firstSpin), ("secondSpin", secondSpin)] {
            guard spin == 0 || spin == 1 else {
                throw .invalidArgument(name, value: "\(spin)", expected: "0 or 1")
            }
            shift += spin == 1 ? hyperfineSplitting / 4 : -0.75 * hyperfineSplitting
        }
        return shift
    }

    /// The dispersion of two hydrogen atoms and an exchange energy that joins the computed curve at 6 bohr.
    public static let longRange = LongRangePotential(
        c6: 6.499026705, c8: 124.3990835, c10: 3285.828414, exchange: [0.821, 1.58386, -1.31838])

    /// The Born-Oppenheimer potential of the ground state: Sims and Hagstrom's energies up to 6 bohr.
    ///
    /// - Throws: nothing for the embedded energies; the type is that of ``DiatomicPotential``.
    public static func bornOppenheimerPotential() throws(RadialEquationError) -> DiatomicPotential {
        try DiatomicPotential(
            radii: Vector(radii), energies: Vector(energies), dissociationEnergy: -1, longRange: longRange)
    }

    /// The distances of ``energies``, in bohr.
    public static let radii: [Double] = [
        0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9,
        2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9, 3, 3.1, 3.2, 3.3, 3.4, 3.5,
        3.6, 3.7, 3.8, 3.9, 4, 4.2, 4.4, 4.6, 4.8, 5, 5.2, 5.4, 5.6, 5.8, 6,
    ]

    /// The total Born-Oppenheimer energies in Hartree of Sims and Hagstrom, J. Chem. Phys. 124, 094101 (2006).
    public static let energies: [Double] = [
        -0.1202303411779, -0.5266387587423, -0.7696354294854, -0.9220274615270, -1.0200566663601,
        -1.0836432399585, -1.1245397195466, -1.1500573677383, -1.1649352434400, -1.1723471490378,
        -1.1744757142201, -1.1728550795781, -1.1685833733709, -1.1624587268978, -1.1550687376108,
        -1.1468506970287, -1.1381329571315, -1.1291638361000, -1.1201321168476, -1.1111817652026,
        -1.1024226060093, -1.0939381299536, -1.0857912373936, -1.0780284841810, -1.0706832334784,
        -1.0637780088028, -1.0573262688692, -1.0513337722645, -1.0457996614287, -1.0407173653476,
        -1.0360753951869, -1.0318580848512, -1.0280463083759, -1.0246181884071, -1.0215497955299,
        -1.0188158276928, -1.0163902529471, -1.0123599596799, -1.0092565162587, -1.0068952238201,
        -1.0051160060981, -1.0037856585820, -1.0027968163095, -1.0020650572082, -1.0015252518854,
        -1.0011278808513, -1.0008357076542,
    ]
}
