"""pandapower at the power flow of a distribution network (dnr-methods, arXiv:2511.22957)."""

import pandapower

from protocol import case


@case
def radial_power_flow(settings, arrays):
    """lines: from, to, ohm, ohm, closed; loads: kW, kvar; settings: voltage in kV, slack."""
    network = pandapower.create_empty_network(sn_mva=10)
    for active, reactive in arrays["loads"]:
        bus = pandapower.create_bus(network, vn_kv=settings["voltage"])
        pandapower.create_load(network, bus, p_mw=active / 1e3, q_mvar=reactive / 1e3)
    for start, end, resistance, reactance, closed in arrays["lines"]:
        pandapower.create_line_from_parameters(
            network, int(start), int(end), length_km=1, r_ohm_per_km=resistance, x_ohm_per_km=reactance,
            c_nf_per_km=0, max_i_ka=1, in_service=bool(closed))
    pandapower.create_ext_grid(network, int(settings["slack"]))

    def work():
        # As its users write it; numba is used where it is installed.
        pandapower.runpp(network, tolerance_mva=1e-10)
        return network

    return work, lambda solved: [[solved.res_line.pl_mw.sum() * 1e3], solved.res_bus.vm_pu.to_numpy()]
